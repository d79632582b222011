import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '@triflow/protocol';
import { openLevelStore, prefixes, sealRecord } from '@triflow/storage';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runHere } from './inProcess.js';
import { type Finished, runTriflow } from './triflow.js';
import type { VerbWorld } from './verbWorld.js';

const CHECKSUM_BYTES = 4;

const reportSchema = z.object({
  exitCode: z.number(),
  findings: z.array(
    z.object({
      check: z.string(),
      severity: z.enum(['ok', 'note', 'warning', 'error']),
      what: z.string(),
      next: z.string().optional(),
      details: z.object({ finding: z.string() }).loose().optional(),
    }),
  ),
});

interface Damage {
  readonly name: string;
  /** Given the copy's home. */
  readonly damage: (home: string) => Promise<unknown>;
  readonly finding: string;
  readonly exit: number;
  /** The next step that it names. */
  readonly next: RegExp;
}

const damages: readonly Damage[] = [
  {
    name: 'a flipped bit in a block',
    damage: (home) => changeFirst(home, prefixes.block, flipped),
    finding: 'blocks_damaged',
    exit: 1,
    next: /triflow start/,
  },
  {
    name: 'a flipped bit in the state',
    damage: (home) => changeFirst(home, prefixes.state, flipped),
    finding: 'state_damaged',
    exit: 1,
    next: /triflow doctor --fix/,
  },
  {
    name: 'a log without its end',
    damage: (home) => changeLog(home, (log) => log.subarray(0, -8)),
    finding: 'log_torn',
    exit: 0,
    next: /triflow start/,
  },
  {
    name: 'a flipped bit in the log',
    damage: (home) => changeLog(home, (log) => log.with(60, (log[60] ?? 0) ^ 1)),
    finding: 'log_damaged',
    exit: 1,
    next: /triflow start/,
  },
  {
    name: 'a lost log',
    damage: (home) => rm(join(home, 'data/consensus'), { recursive: true }),
    finding: 'log_missing',
    exit: 1,
    next: /without --fresh/,
  },
  {
    name: 'a lost CURRENT of the database',
    damage: (home) => rm(join(home, 'data/db/CURRENT')),
    finding: 'store_unreadable',
    exit: 14,
    next: /triflow doctor --fix/,
  },
  {
    name: 'a damaged database that was rebuilt',
    damage: (home) => mkdir(join(home, 'data/aside-damaged/db'), { recursive: true }),
    finding: 'aside_damaged',
    exit: 1,
    next: /delete the folder once/,
  },
  {
    name: 'the genesis of another chain',
    damage: async (home) => {
      const file = join(home, '../../genesis.json');
      const genesis = z
        .looseObject({ timeMs: z.number() })
        .parse(JSON.parse(await readFile(file, 'utf8')));
      await writeFile(file, JSON.stringify({ ...genesis, timeMs: genesis.timeMs - 1 }));
    },
    finding: 'genesis_differs',
    exit: 11,
    next: /data folder of this chain/,
  },
];

/** What the doctor and the backups do about damage, over copies of a stopped node's home. */
export function describeDamage(worldOf: () => VerbWorld): void {
  describe('triflow doctor', () => {
    it('the canary: finds a whole home in order', async () => {
      const home = await copyOf(worldOf(), 'whole');
      const { findings, exitCode } = await examine(home);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(exitCode).toBe(0);
    });

    it.each(damages)('names $name, and the safe next step', async ({ name, damage, ...wanted }) => {
      const home = await copyOf(worldOf(), name.replaceAll(' ', '-'));
      await damage(home);
      const before = await bytesIn(join(home, 'data'));
      const { findings, exitCode } = await examine(home);
      const found = findings.filter(({ details }) => details !== undefined);
      expect(found.map(({ details }) => details?.finding)).toEqual([wanted.finding]);
      expect(found[0]?.next).toMatch(wanted.next);
      expect(exitCode).toBe(wanted.exit);
      expect(await bytesIn(join(home, 'data'))).toEqual(before);
    });

    it('--fix puts damaged data aside, when told so; it deletes nothing and keeps no sign state', async () => {
      const home = await copyOf(worldOf(), 'mended');
      await changeFirst(home, prefixes.state, flipped);
      const before = await bytesIn(join(home, 'data'));
      const unasked = await runHere(['doctor', '--home', home, '--fix']);
      expect(unasked.code, unasked.stderr).toBe(2);
      expect(unasked.stderr).toMatch(/say --yes \(REQUEST_INVALID\)/);
      expect(await bytesIn(join(home, 'data'))).toEqual(before);
      const told = await runHere(['doctor', '--home', home, '--fix', '--yes']);
      expect(told.stderr).toMatch(/Never put the old log back/);
      const aside = defined(
        (await readdir(join(home, 'data'))).find((one) => one.startsWith('aside-')),
        'aside',
      );
      expect((await readdir(join(home, 'data', aside))).sort()).toEqual(['consensus', 'db']);
      const after = await bytesIn(join(home, 'data', aside));
      for (const [file, bytes] of after) expect(before.get(file), file).toEqual(bytes);
      const { findings } = await examine(home);
      const left = findings.flatMap(({ details }) => details?.finding ?? []);
      expect(left.sort()).toEqual(['log_missing', 'put_aside', 'store_missing']);
    });

    it.each([
      ['a damaged block', (home: string) => changeFirst(home, prefixes.block, flipped)],
      [
        'a damaged log',
        (home: string) => changeLog(home, (log) => log.with(60, (log[60] ?? 0) ^ 1)),
      ],
      ['another chain’s data', async (home: string) => damages.at(-1)?.damage(home)],
    ])('--fix leaves %s alone: the node, or its operator, knows better', async (name, damage) => {
      const home = await copyOf(worldOf(), `left-${name.length}`);
      await damage(home);
      const before = await bytesIn(join(home, 'data'));
      const told = await runHere(['doctor', '--home', home, '--fix', '--yes']);
      expect(told.stderr).toMatch(/nothing that --fix could mend/);
      expect(await bytesIn(join(home, 'data'))).toEqual(before);
    });

    it('--fix gives a token file that others may read back to its owner', async () => {
      const home = await copyOf(worldOf(), 'open');
      const file = join(home, 'tokens.json');
      await writeFile(file, '{}');
      await chmod(file, 0o644);
      expect((await examine(home)).findings).toContainEqual(
        expect.objectContaining({
          severity: 'warning',
          what: expect.stringMatching(/open to others/),
        }),
      );
      await runHere(['doctor', '--home', home, '--fix']);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    });

    it('of a running node asks it, and repairs nothing under it (12)', async () => {
      const { home } = worldOf();
      const { findings, exitCode } = await examine(home);
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'node', what: expect.stringMatching(/running, pid \d+/) }),
      );
      expect(exitCode).toBe(0);
      const told = await runHere(['doctor', '--home', home, '--fix', '--yes']);
      expect(told.code).toBe(12);
      expect(told.stderr).toMatch(/\(STORE_LOCKED\)/);
    });

    it('--node tells another chain from this one, and how far behind it is', async () => {
      const { net, stopped } = worldOf();
      const same = await examine(stopped, '--node', net.urls[0] ?? '');
      expect(same.findings).toContainEqual(
        expect.objectContaining({
          check: 'compared',
          what: expect.stringMatching(/the same chain/),
        }),
      );
    });
  });

  describe('triflow backup', () => {
    it('verify replays it; restore gives a home its chain back, without a sign state', async () => {
      const world = worldOf();
      for (const name of ['backup', 'live']) {
        const told = await verify(world, world.path(name));
        expect(told, told.stderr).toMatchObject({ code: 0 });
        expect(JSON.parse(told.stdout)).toMatchObject({ replayed: expect.any(Number) });
      }
      const home = await copyOf(world, 'restored');
      await rm(join(home, 'data'), { recursive: true });
      const told = await runHere(['backup', 'restore', world.path('backup'), '--home', home]);
      expect(told, told.stderr).toMatchObject({ code: 0 });
      expect(told.stdout).toMatch(/quarantined at first/);
      const { findings } = await examine(home);
      expect(findings.flatMap(({ details }) => details?.finding ?? [])).toEqual(['log_missing']);
    });

    const tampered: [string, (backup: string) => Promise<unknown>, number][] = [
      ['a flipped bit', (at) => changeFirst(at, prefixes.block, flipped, ''), 14],
      [
        'a record of the state written anew',
        (at) => changeFirst(at, prefixes.state, resealed, ''),
        14,
      ],
      ['a block lost', (at) => changeFirst(at, prefixes.block, () => null, ''), 14],
      [
        'a certificate of another height',
        (at) => changeFirst(at, prefixes.certificate, other, ''),
        14,
      ],
      ['another height in what it says of itself', (at) => changeManifest(at, { height: 1 }), 14],
      ['another chain', (at) => changeManifest(at, { genesisHash: '0'.repeat(64) }), 11],
    ];

    it.each(tampered)('with %s is refused by verify and by restore', async (name, tamper, exit) => {
      const world = worldOf();
      const backup = world.path(`tampered ${name}`);
      await cp(world.path('backup'), backup, { recursive: true });
      await tamper(backup);
      const words = ['backup', 'verify', backup, '--trust', world.genesis];
      const verified = await runHere(words);
      expect(verified, verified.stderr).toMatchObject({ code: exit, stdout: '' });
      const home = await copyOf(world, `for ${name}`);
      await rm(join(home, 'data'), { recursive: true });
      const told = await runHere(['backup', 'restore', backup, '--home', home]);
      expect(told, told.stderr).toMatchObject({ code: exit, stdout: '' });
      const left = await readdir(join(home, 'data')).catch(() => []);
      expect(left.filter((one) => one === 'db')).toEqual([]);
    });
  });
}

async function examine(home: string, ...words: readonly string[]) {
  const told = await runHere(['doctor', '--home', home, '--json', ...words]);
  expect(told.stderr).not.toMatch(/^\s+at /m);
  return reportSchema.parse(JSON.parse(told.stdout));
}

/** In a process of its own: signatures are checked in a thread. */
function verify({ genesis }: VerbWorld, backup: string): Promise<Finished> {
  return runTriflow(['backup', 'verify', backup, '--trust', genesis, '--json']);
}

async function copyOf({ path }: VerbWorld, name: string): Promise<string> {
  await cp(path('net'), path(name), { recursive: true });
  return join(path(name), 'nodes/v4');
}

type Change = (value: Uint8Array, next: Uint8Array, key: Uint8Array) => Uint8Array | null;

function flipped(value: Uint8Array): Uint8Array {
  return value.with(value.length - 1, (value.at(-1) ?? 0) ^ 1);
}

/** Another value under a checksum that fits: only the chain's own hashes tell. */
function resealed(_: Uint8Array, _next: Uint8Array, key: Uint8Array): Uint8Array {
  return sealRecord(key, Uint8Array.of(0x80));
}

/** What lies under the next key, under a checksum that fits this one. */
function other(_: Uint8Array, next: Uint8Array, key: Uint8Array): Uint8Array {
  return sealRecord(key, next.subarray(CHECKSUM_BYTES));
}

/** Changes the second record of a kind, given it and the next; the first is of the genesis. */
async function changeFirst(
  home: string,
  prefix: number,
  change: Change,
  data = 'data',
): Promise<void> {
  const store = await openLevelStore(join(home, data, 'db'));
  const found: (readonly [Uint8Array, Uint8Array])[] = [];
  const range = { from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1), limit: 3 };
  for await (const entry of store.range(range)) found.push(entry);
  const [key, value] = defined(found[1], 'a second record');
  const changed = change(value, defined(found[2], 'a third record')[1], key);
  const operation =
    changed === null
      ? { kind: 'delete' as const, key }
      : { kind: 'put' as const, key, value: changed };
  await store.write([operation], { sync: true });
  await store.close();
}

async function changeLog(home: string, change: (log: Buffer) => Uint8Array): Promise<void> {
  const file = join(home, 'data/consensus/consensus.log');
  await writeFile(file, change(await readFile(file)));
}

async function changeManifest(backup: string, change: object): Promise<void> {
  const file = join(backup, 'backup.json');
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...z.looseObject({}).parse(manifest), ...change }));
}

async function bytesIn(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const read = await Promise.all(
    files.map(async (file) => [file.slice(folder.length), await readFile(file)] as const),
  );
  // Whoever looks takes the lock for a moment.
  return new Map(read.filter(([file]) => !/node\.pid|LOCK/.test(file)));
}
