import type { ConsensusState, Quarantine } from '@triflow/consensus';
import { defined } from '@triflow/protocol';
import { createConsensusLog } from '@triflow/storage';
import { describe, expect, it } from 'vitest';
import type { SimMember, World } from '../simulation/world.js';
import { grow, grownWorld } from './grownWorld.js';
import { watchSteps } from './steps.js';

const LOG = '/log/consensus.log';
/** More than a start does before its first height begins. */
const STEPS = 8;
/** More than a node does until its quarantine is over. */
const STEPS_TO_FREEDOM = 60;
const GROWN = 2;

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

  it('stays quarantined at every height up to its bound, wherever power goes until then', async () => {
    let met = 0;
    for (let step = STEPS; step < STEPS_TO_FREEDOM; step += 1) {
      const { world, member } = await worldWithout(losses['a lost log'] ?? (() => undefined));
      let before: Quarantine | null = null;
      crashAt(world, member, step, () => {
        const driver = member.node?.driver;
        if (driver?.isStarted() === true) before = stateOf(member).quarantine;
      });
      await world.start(member);
      await grow(world, GROWN + 5);
      if (member.node !== null) continue;
      await world.start(member);
      const { quarantine, base } = stateOf(member);
      const held = before as Quarantine | null;
      if (held === null || base.height > (held.until ?? Number.MAX_SAFE_INTEGER)) continue;
      met += 1;
      expect([step, base.height, held, quarantine]).not.toEqual([step, base.height, held, null]);
    }
    expect(met).toBeGreaterThanOrEqual(15);
  });
});

describe('P7: a restart goes on from exactly the four states of log and database', () => {
  const start = async (initial: Parameters<typeof createConsensusLog>[0]['initial'] | null) => {
    const world = await grownWorld(4, GROWN, { realSignatures: false });
    const member = world.members[0] as SimMember;
    const height = member.node?.chain.head().height ?? 0;
    world.crash(member, () => 0);
    if (initial !== null) await createConsensusLog({ fs: member.fs, dir: '/log', height, initial });
    await world.start(member);
    return { started: member.node !== null, failures: world.checkers.failures.join() };
  };

  it('refuses a log of the newest block’s height that has no END, and names the repair', async () => {
    expect(await start(null)).toEqual({ started: true, failures: '' });
    const refused = await start([]);
    expect(refused.started).toBe(false);
    expect(refused.failures).toMatch(/does not go on from block.*triflow doctor/);
  });
});

function stateOf({ node }: SimMember): ConsensusState {
  return defined(node, 'it has started').driver.state();
}

async function worldWithout(
  lose: (member: SimMember) => Promise<void> | void,
): Promise<{ world: World; member: SimMember }> {
  const world = await grownWorld(4, GROWN, { realSignatures: false });
  const member = world.members[0] as SimMember;
  world.crash(member, () => 0);
  await lose(member);
  return { world, member };
}

/** Starts a member and takes its power behind a step; false when the start has fewer. */
async function startsUntil(world: World, member: SimMember, step: number): Promise<boolean> {
  let isMet = false;
  crashAt(world, member, step, () => {
    isMet = true;
  });
  await world.start(member);
  member.fs.onOperation = undefined;
  member.disk.onWrite = undefined;
  return isMet;
}

/** Takes a member's power right behind a step of its disks. */
function crashAt(world: World, member: SimMember, step: number, onMet: () => void): void {
  watchSteps(member, ({ number }) => {
    if (number === step) {
      onMet();
      queueMicrotask(() => world.crash(member, (bound) => Math.min(1, bound - 1)));
    }
    return 'none';
  });
}
