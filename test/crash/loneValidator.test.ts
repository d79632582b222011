import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnoseData } from '@triflow/node';
import { assert, isCodedError } from '@triflow/protocol';
import { openLevelStore } from '@triflow/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, type SimMember, simContracts, type World } from '../simulation/world.js';
import { damageStore, entriesIn } from './damages.js';
import { grow, grownWorld } from './grownWorld.js';
import { type WatchedDisk, watchedDisk } from './realDisk.js';

const OLDER = 4;
const HEIGHTS = 7;
const QUIET_MS = 20_000;

/** A chain of one validator, whose data is on the machine's disk. */
interface Lone {
  readonly world: World;
  readonly member: SimMember;
  readonly disk: WatchedDisk;
  readonly errors: unknown[];
  /** What the database held some heights before. */
  readonly older: Awaited<ReturnType<typeof entriesIn>>;
}

describe('a lone validator with damage', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-lone-'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  async function lone(name: string): Promise<Lone> {
    await mkdir(join(dir, name));
    const disk = watchedDisk(0, join(dir, name, 'data'));
    const errors: unknown[] = [];
    const world = await grownWorld(1, OLDER, {
      realSignatures: true,
      disk,
      mayStop: (_, error) => {
        errors.push(error);
        return isCodedError(error);
      },
    });
    const [member] = world.members;
    assert(member !== undefined, 'a world has members');
    const older = await entriesIn(disk.kv());
    await grow(world, HEIGHTS);
    await world.stop(member);
    return { world, member, disk, errors, older };
  }

  it('state alone: rebuilt from its own blocks, and it goes on', async () => {
    const made = await lone('state');
    const { world, member, disk } = made;
    await damage(made, ['state node']);
    await world.start(member);
    expect(headOf(member)).toBe(HEIGHTS);
    expect(await readdir(disk.data)).toContain('aside-damaged');
    await grow(world, HEIGHTS + 2);
    expect(world.checkers.failures).toEqual([]);
    await world.stop(member);
  });

  it('a block: refused with the only way back, a backup; nothing is changed', async () => {
    const made = await lone('block');
    const { world, member, disk, errors } = made;
    await damage(made, ['state node', 'block']);
    const log = await readFile(join(disk.data, 'consensus', 'consensus.log'));
    await world.start(member);
    expect(member.node).toBeNull();
    expect(String(errors.at(-1))).toMatch(/no other validator holds .*triflow backup restore/);
    expect(errors.at(-1)).toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await readdir(disk.data)).not.toContain('aside-damaged');
    expect(await readFile(join(disk.data, 'consensus', 'consensus.log'))).toEqual(log);
    expect(world.checkers.failures).toEqual([]);
  });

  it('P11: a lost log: it signs nothing until the operator gives the word, then goes on', async () => {
    const { world, member, disk } = await lone('log');
    await rm(join(disk.data, 'consensus'), { recursive: true });
    const { genesis } = world;
    const self = member.id;
    const told = await diagnoseData(disk.data, { genesis, self, contracts: simContracts });
    expect(told.findings.map(({ code }) => code)).toEqual(['log_missing']);
    expect(told.findings[0]?.next).toMatch(/never votes again by itself.*--end-quarantine/);
    await world.start(member);
    const height = headOf(member);
    await world.submit(member, 'c0');
    await world.scheduler.runUntil(world.scheduler.nowMs() + QUIET_MS);
    expect(headOf(member)).toBe(height);
    expect(member.node?.driver.state().mode).toBe('quarantined');
    await world.stop(member);
    await world.start(member, { lost: [] });
    await grow(world, height + 3);
    expect(member.node?.driver.state().mode).toBe('voting');
    expect(world.checkers.failures).toEqual([]);
    await world.stop(member);
  });
});

/** Damages records of a stopped node that has noticed it, as its mark says. */
async function damage(
  { disk, older }: Lone,
  types: readonly Parameters<typeof damageStore>[1][],
): Promise<void> {
  const kv = await openLevelStore(join(disk.data, 'db'));
  for (const type of types) await damageStore(kv, type, 'bit flip', older);
  await kv.close();
  await writeFile(join(disk.data, 'damaged'), types.join(' and '));
}
