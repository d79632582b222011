import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiagnoseOptions, diagnoseData } from '@triflow/node';
import type { Genesis, ValidatorId } from '@triflow/protocol';
import { lockDataDirectory, openLevelStore, prefixes, sealRecord } from '@triflow/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simContracts } from '../simulation/world.js';
import { grownWorld, writeDataDirectory } from './grownWorld.js';

const HEIGHT = 6;

describe('the diagnosis of a data directory', () => {
  let dir: string;
  let genesis: Genesis;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-diagnosis-'));
    const world = await grownWorld(4, HEIGHT);
    const [member] = world.members;
    if (member === undefined) throw new TypeError('a world has members');
    genesis = world.genesis;
    await world.stop(member);
    await writeDataDirectory(member, join(dir, 'whole'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  const options = (changes: Partial<DiagnoseOptions> = {}): DiagnoseOptions => {
    return { genesis, self: 'v1' as ValidatorId, contracts: simContracts, ...changes };
  };

  it('finds nothing in a whole one, and changes not one byte of it', async () => {
    const data = join(dir, 'whole');
    const before = await bytesIn(data);
    const diagnosis = await diagnoseData(data, options());
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis.head).toBeGreaterThanOrEqual(HEIGHT);
    expect(diagnosis.records.block).toBe((diagnosis.head ?? 0) + 1);
    expect(await bytesIn(data)).toEqual(before);
  });

  it('names every kind of damage, what it means and the safe next step', async () => {
    const key = (prefix: number, height: number) =>
      Uint8Array.of(prefix, 0, 0, 0, 0, 0, 0, 0, height);
    const cases: [string, (data: string) => Promise<void>, string[]][] = [
      ['a block', (data) => damageRecord(data, key(prefixes.block, 2)), ['blocks_damaged']],
      [
        'a certificate',
        (data) => damageRecord(data, key(prefixes.certificate, 3)),
        ['blocks_damaged'],
      ],
      [
        'a block of another height',
        (data) => swapRecords(data, prefixes.block),
        ['blocks_damaged'],
      ],
      [
        'a certificate of another height',
        (data) => swapRecords(data, prefixes.certificate),
        ['blocks_damaged'],
      ],
      [
        'results of another height',
        (data) => swapRecords(data, prefixes.results),
        ['state_damaged'],
      ],
      ['a header', (data) => damageRecord(data, key(prefixes.header, 2)), ['state_damaged']],
      ['the head', (data) => damageRecord(data, Uint8Array.of(prefixes.head)), ['state_damaged']],
      ['a state record', (data) => damageFirst(data, prefixes.state), ['state_damaged']],
      ['a stale state record', (data) => staleFirst(data, prefixes.state), ['state_damaged']],
      ['a bucket', (data) => damageFirst(data, prefixes.bucket), ['state_damaged']],
      [
        'a transaction’s place',
        (data) => removeFirst(data, prefixes.transaction),
        ['state_damaged'],
      ],
      [
        'a log without its end',
        (data) => changeLog(data, (log) => log.subarray(0, -8)),
        ['log_torn'],
      ],
      [
        'a rotten log',
        (data) => changeLog(data, (log) => log.with(60, (log[60] ?? 0) ^ 1)),
        ['log_damaged'],
      ],
      ['a lost log', (data) => rm(join(data, 'consensus'), { recursive: true }), ['log_missing']],
      ['a lost database', (data) => rm(join(data, 'db'), { recursive: true }), ['store_missing']],
      ['a lost manifest', (data) => removeFile(data, 'MANIFEST'), ['store_unreadable']],
    ];
    for (const [name, damage, codes] of cases) {
      const data = join(dir, 'damaged');
      await cp(join(dir, 'whole'), data, { recursive: true });
      await damage(data);
      const { findings } = await diagnoseData(data, options());
      expect([name, findings.map(({ code }) => code)]).toEqual([name, codes]);
      for (const { what, next } of findings)
        expect(`${what} ${next}`).toMatch(/triflow (start|doctor)/);
      await rm(data, { recursive: true });
    }
    expect(cases.length).toBeGreaterThan(15);
  });

  it('says that a log and a database of different times do not belong together (P7)', async () => {
    const data = join(dir, 'apart');
    await cp(join(dir, 'whole'), data, { recursive: true });
    await rm(join(data, 'db'), { recursive: true });
    const early = await grownWorld(1, 1);
    const [member] = early.members;
    if (member === undefined) return;
    await early.stop(member);
    await rm(data, { recursive: true });
    await writeDataDirectory(member, data);
    await cp(join(dir, 'whole', 'consensus'), join(data, 'consensus'), { recursive: true });
    const { findings } = await diagnoseData(data, options({ genesis: early.genesis }));
    expect(findings.map(({ code }) => code)).toEqual(['log_apart']);
  });

  it('says that the data folder is another chain’s, and refuses while a node runs on it', async () => {
    const other = { ...genesis, timeMs: genesis.timeMs - 1 };
    const { findings } = await diagnoseData(join(dir, 'whole'), options({ genesis: other }));
    expect(findings[0]?.code).toBe('genesis_differs');
    const lock = await lockDataDirectory(join(dir, 'whole'));
    const refused = diagnoseData(join(dir, 'whole'), options());
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await lock.release();
  });
});

type Entry = readonly [Uint8Array, Uint8Array];

async function editStore(
  data: string,
  edit: (entries: Entry[]) => { key: Uint8Array; value: Uint8Array | null }[],
): Promise<void> {
  const store = await openLevelStore(join(data, 'db'));
  const entries: Entry[] = [];
  for await (const entry of store.range({ from: new Uint8Array(), to: Uint8Array.of(0xff) })) {
    entries.push(entry);
  }
  const operations = edit(entries).map(({ key, value }) => {
    return value === null ? { kind: 'delete' as const, key } : { kind: 'put' as const, key, value };
  });
  await store.write(operations, { sync: true });
  await store.close();
}

function flipped(value: Uint8Array): Uint8Array {
  return value.with(value.length - 1, (value.at(-1) ?? 0) ^ 1);
}

function damageRecord(data: string, key: Uint8Array): Promise<void> {
  const name = key.join();
  return editStore(data, (entries) => {
    return entries.flatMap(([found, value]) => {
      return found.join() === name ? [{ key, value: flipped(value) }] : [];
    });
  });
}

function damageFirst(data: string, prefix: number): Promise<void> {
  return editStore(data, (entries) => {
    const [found] = entries.filter(([key]) => key[0] === prefix);
    return found === undefined ? [] : [{ key: found[0], value: flipped(found[1]) }];
  });
}

function removeFirst(data: string, prefix: number): Promise<void> {
  return editStore(data, (entries) => {
    const [found] = entries.filter(([key]) => key[0] === prefix);
    return found === undefined ? [] : [{ key: found[0], value: null }];
  });
}

/** A value under a good checksum that is not the newest: an old block of the disk came back. */
function staleFirst(data: string, prefix: number): Promise<void> {
  return editStore(data, (entries) => {
    const found = entries.find(
      ([key]) => key[0] === prefix && String(Buffer.from(key)).includes('counter/'),
    );
    if (found === undefined) return [];
    const [key, value] = found;
    return [{ key, value: sealRecord(key, flipped(value.subarray(4))) }];
  });
}

/** The records of heights 1 and 2 change places, each under a good checksum. */
function swapRecords(data: string, prefix: number): Promise<void> {
  return editStore(data, (entries) => {
    const [, a, b] = entries.filter(([key]) => key[0] === prefix);
    if (a === undefined || b === undefined) return [];
    return [
      { key: a[0], value: sealRecord(a[0], b[1].subarray(4)) },
      { key: b[0], value: sealRecord(b[0], a[1].subarray(4)) },
    ];
  });
}

async function changeLog(data: string, change: (log: Uint8Array) => Uint8Array): Promise<void> {
  const path = join(data, 'consensus', 'consensus.log');
  await writeFile(path, change(new Uint8Array(await readFile(path))));
}

async function removeFile(data: string, part: string): Promise<void> {
  for (const name of await readdir(join(data, 'db'))) {
    if (name.includes(part)) await rm(join(data, 'db', name));
  }
}

async function bytesIn(data: string): Promise<[string, string][]> {
  const names = await readdir(data, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const bytes = await Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const path = join(parentPath, name);
      return [path, (await readFile(path)).toString('base64')];
    }),
  );
  return bytes.sort(([a], [b]) => (a < b ? -1 : 1));
}
