import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '@triflow/protocol';
import { createConsensusLog, openLevelStore } from '@triflow/storage';
import { headOf, type SimMember, World, type WorldOptions } from '../simulation/world.js';
import { calmPlan } from './calmPlan.js';

const STEP_MS = 200;
const LIMIT_MS = 60_000;

/** What `triflow init` leaves: without its log a validator would start quarantined (P10). */
export async function initialise(world: World): Promise<void> {
  for (const { fs } of world.members) {
    await createConsensusLog({ fs, dir: '/log', height: 1, initial: [] });
  }
}

/** A network that has run without faults until all stand at a height; its nodes are still up. */
export async function grownWorld(
  nodes: number,
  height: number,
  options: Partial<WorldOptions> & { readonly realSignatures?: boolean } = {},
): Promise<World> {
  const { realSignatures = true, ...rest } = options;
  const plan = calmPlan({ seed: 1, nodes, realSignatures });
  const world = new World({ plan, keepTrace: false, ...rest });
  await initialise(world);
  for (const member of world.members) await world.start(member);
  await grow(world, height);
  return world;
}

/** Feeds transactions until every running node stands at a height. */
export async function grow(world: World, height: number): Promise<void> {
  const end = world.scheduler.nowMs() + LIMIT_MS;
  for (let turn = 0; world.scheduler.nowMs() < end; turn += 1) {
    if (world.running().every((member) => headOf(member) >= height)) return;
    const members = world.running();
    const member = members[turn % members.length];
    if (member !== undefined) await world.submit(member, `c${turn % 3}`);
    await world.scheduler.runUntil(world.scheduler.nowMs() + STEP_MS);
  }
  assert(false, `grow: not at ${height} after ${LIMIT_MS} ms: ${world.checkers.failures[0] ?? ''}`);
}

/** Writes a stopped member's disks as the data directory of a real node: LevelDB and files. */
export async function writeDataDirectory(member: SimMember, data: string): Promise<void> {
  const store = await openLevelStore(join(data, 'db'));
  const operations = member.disk.entries().map(([key, value]) => {
    return { kind: 'put' as const, key, value };
  });
  await store.write(operations, { sync: true });
  await store.close();
  for (const dir of ['/log', '/log/candidates']) {
    for (const name of await member.fs.list(dir)) {
      const bytes = await member.fs.read(`${dir}/${name}`);
      const path = join(data, 'consensus', dir.slice('/log'.length), name);
      await mkdir(dirname(path), { recursive: true });
      if (bytes !== undefined) await writeFile(path, bytes);
    }
  }
}
