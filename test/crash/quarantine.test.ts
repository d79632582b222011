import { describe, expect, it } from 'vitest';
import type { SimMember, World } from '../simulation/world.js';
import { grow, grownWorld } from './grownWorld.js';
import { watchSteps } from './steps.js';

const LOG = '/log/consensus.log';
/** More than a start does before its first height begins. */
const STEPS = 8;

const losses: Record<string, (member: SimMember) => Promise<void> | void> = {
  'a lost log': async ({ fs }) => {
    await fs.remove(LOG);
    await fs.syncDirectory('/log');
  },
  'a damaged log': ({ fs }) => fs.damage(LOG, (bytes) => bytes.with(60, (bytes[60] ?? 0) ^ 1)),
};

describe('P10, P11: a validator that lost its log', () => {
  for (const [name, lose] of Object.entries(losses)) {
    it(`${name}: stays quarantined when power goes at any step of the start`, async () => {
      let met = 0;
      for (let step = 0; step < STEPS; step += 1) {
        const { world, member } = await worldWithout(lose);
        if (await startsUntil(world, member, step)) met += 1;
        if (member.node === null) await world.start(member);
        expect([step, member.node?.driver.state().quarantine]).not.toEqual([step, null]);
        await grow(world, 6);
        expect(world.checkers.failures).toEqual([]);
      }
      expect(met).toBeGreaterThanOrEqual(5);
    });
  }
});

async function worldWithout(
  lose: (member: SimMember) => Promise<void> | void,
): Promise<{ world: World; member: SimMember }> {
  const world = await grownWorld(4, 2, { realSignatures: false });
  const member = world.members[0] as SimMember;
  world.crash(member, () => 0);
  await lose(member);
  return { world, member };
}

/** Starts a member and takes its power behind a step; false when the start has fewer. */
async function startsUntil(world: World, member: SimMember, step: number): Promise<boolean> {
  let isMet = false;
  watchSteps(member, ({ number }) => {
    if (number === step) {
      isMet = true;
      queueMicrotask(() => world.crash(member, (bound) => Math.min(1, bound - 1)));
    }
    return 'none';
  });
  await world.start(member);
  member.fs.onOperation = undefined;
  member.disk.onWrite = undefined;
  return isMet;
}
