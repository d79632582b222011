import { drawPlan, type Plan, type PlanOptions } from './plan.js';
import { createRoundFaults } from './roundFaults.js';
import { changeSet } from './setChanges.js';
import { headOf, type SimMember, World } from './world.js';

export interface SeedReport {
  readonly seed: number;
  readonly plan: Plan;
  readonly failures: readonly string[];
  readonly commits: number;
  readonly heights: number;
  readonly transactions: number;
  readonly accused: number;
  readonly crashes: number;
  /** Virtual milliseconds from the heal to progress of all. */
  readonly healedInMs: number;
  readonly trace: readonly string[];
}

export interface SeedOptions extends PlanOptions {
  readonly keepTrace?: boolean;
  /** See WorldOptions: the canary. */
  readonly forgetsVotes?: boolean;
  /** Goes on past the failures of other checks than these; default: ends at the first. */
  readonly until?: readonly string[];
}

const HEAL_MS = 240_000;
const PROGRESS_HEIGHTS = 3;
const LOOK_EVERY_EVENTS = 8;
/** More than the longest that a message is on its way. */
const WORD_AFTER_MS = 8_000;
const RESEND_MS = 5_000;
const READ_MS = 150;
const AGAIN_OF = 6;

/**
 * One run: faults drawn by the seed, then everything heals and must go on. The same seed gives
 * the same run, event by event.
 */
export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const plan = drawPlan(options);
  const { keepTrace = false, forgetsVotes = false, until } = options;
  const world = new World({ plan, keepTrace, forgetsVotes });
  const { scheduler, checkers, network } = world;
  const start = scheduler.nowMs();
  for (const member of world.members) await world.start(member);
  network.faults = plan.links;
  if (plan.rounds) {
    network.hides = createRoundFaults(plan.rounds, [...new Set(world.members.map(peerIdOf))]);
  }
  const crashes = planFaults(world);
  readSometimes(world);
  const hasFailed = (): boolean => {
    if (until === undefined) return checkers.failures.length > 0;
    return checkers.failures.some((failure) => until.includes(checkOf(failure)));
  };
  const failed = (): boolean => {
    if (scheduler.events() % LOOK_EVERY_EVENTS === 0) world.look();
    return hasFailed();
  };
  const end = start + plan.faultMs;
  await scheduler.runUntil(end, failed);
  const healedInMs = hasFailed() ? 0 : await heal(world, failed);
  if (!hasFailed()) await world.audit();
  return {
    seed: plan.seed,
    plan,
    failures: checkers.failures,
    crashes: crashes(),
    healedInMs,
    trace: world.trace,
    ...checkers.counts(),
  };
}

/** The check that a failure names: `I5: ...` is I5. */
export function checkOf(failure: string): string {
  return failure.slice(0, failure.indexOf(':'));
}

/** I11: somebody reads all the time, here and there. I10: clients send again what they sent. */
function readSometimes(world: World): void {
  const { scheduler, members, random, checkers } = world;
  const read = (): void => {
    const member = members[random.below(members.length)];
    if (member !== undefined) void world.read(member, `c${random.below(5)}`);
    const sent = checkers.latest(AGAIN_OF);
    const again = sent[random.below(AGAIN_OF)];
    if (again !== undefined) void member?.node?.admission.submit(again);
    scheduler.plan(READ_MS, read);
  };
  scheduler.plan(READ_MS, read);
}

/** I14: faults stop, everybody is back; all must be level, go on, and end what is pending. */
async function heal(world: World, failed: () => boolean): Promise<number> {
  const { scheduler, checkers, network } = world;
  const from = scheduler.nowMs();
  network.heal();
  for (const member of world.members) await world.empty(member);
  for (const member of world.members) if (member.node === null) await world.start(member);
  const before = Math.max(...world.members.map(headOf));
  const resend = (): void => {
    const members = world.correct();
    const pending = checkers.pending();
    for (const bytes of pending) {
      const member = members[world.random.below(members.length)];
      void member?.node?.admission.submit(bytes);
    }
    scheduler.plan(RESEND_MS, resend);
  };
  scheduler.plan(1, resend);
  if (world.plan.amnesia) scheduler.plan(WORD_AFTER_MS, () => giveWord(world));
  const healed = (): boolean => {
    const heads = world.correct().map(headOf);
    const level = heads.length > 0 && Math.min(...heads) >= before + PROGRESS_HEIGHTS;
    return level && checkers.pending().length === 0;
  };
  await scheduler.runUntil(from + HEAL_MS, () => failed() || healed());
  if (!healed() && !failed()) {
    const heads = world.members.map((member) => `${member.address} ${headOf(member)}`);
    const pending = checkers.pending().length;
    checkers.fail(`I14: no progress after heal: ${heads}, were ${before}, ${pending} pending`);
  }
  return scheduler.nowMs() - from;
}

/** P11: all are up and have heard each other; more than f of them sign nothing. */
function giveWord(world: World): void {
  const members = world.correct();
  void members.reduce(
    (before, member) => before.then(() => world.vouchFor(member)),
    Promise.resolve(),
  );
}

/** Puts the plan's faults and loads on the clock. */
function planFaults(world: World): () => number {
  const { plan, scheduler, network } = world;
  let crashes = 0;
  for (const { atMs, downMs, victim, kind } of plan.outages) {
    scheduler.plan(atMs, () => {
      for (const member of copiesOf(world, victim)) {
        if (member.node === null) continue;
        crashes += 1;
        if (kind === 'stop') void world.stop(member);
        else if (kind === 'wipe') world.wipe(member);
        else world.crash(member);
        scheduler.plan(downMs, () => {
          if (member.node === null) void world.start(member);
        });
      }
    });
  }
  for (const { atMs, forMs, side, oneWay } of plan.splits) {
    const addresses = new Set(side.map((index) => world.members[index]?.address ?? ''));
    scheduler.plan(atMs, () => {
      const end = network.split(addresses, oneWay);
      scheduler.plan(forMs, end);
    });
  }
  for (const { atMs, downMs } of plan.blackouts ?? []) {
    scheduler.plan(atMs, () => {
      crashes += 1;
      for (const member of world.members) world.crash(member);
      scheduler.plan(downMs, () => {
        for (const member of world.members) if (member.node === null) void world.start(member);
      });
    });
  }
  if (plan.amnesia) {
    const { atMs, downMs, members } = plan.amnesia;
    scheduler.plan(atMs, () => {
      crashes += 1;
      for (const index of members) {
        for (const member of copiesOf(world, index)) world.forget(member);
      }
      scheduler.plan(downMs, () => {
        for (const member of world.members) if (member.node === null) void world.start(member);
      });
    });
  }
  planMachines(world, () => {
    crashes += 1;
  });
  for (const { atMs, member, name, validForBlocks } of plan.load) {
    scheduler.plan(atMs, () => {
      const target = world.members[member];
      if (target !== undefined) void world.submit(target, name, validForBlocks);
    });
  }
  for (const [number, { atMs, kind }] of plan.setChanges.entries()) {
    scheduler.plan(atMs, () => changeSet(world, kind, number));
  }
  return () => crashes;
}

/** Slow members, full disks and flipped bits. */
function planMachines(world: World, onCrash: () => void): void {
  const { plan, scheduler, network } = world;
  const { slow = [], full = [], flips = [] } = plan.machines ?? {};
  for (const { atMs, forMs, member: index, delayMaxMs } of slow) {
    scheduler.plan(atMs, () => {
      for (const { address } of copiesOf(world, index)) network.slow.set(address, delayMaxMs);
    });
    scheduler.plan(atMs + forMs, () => {
      for (const { address } of copiesOf(world, index)) network.slow.delete(address);
    });
  }
  for (const { atMs, forMs, member: index, roomBytes } of full) {
    for (const member of copiesOf(world, index)) {
      scheduler.plan(atMs, () => world.fill(member, roomBytes));
      scheduler.plan(atMs + forMs, () => void world.empty(member));
    }
  }
  for (const { atMs, downMs, member: index } of flips) {
    scheduler.plan(atMs, () => {
      for (const member of copiesOf(world, index)) {
        if (member.node === null) continue;
        onCrash();
        world.flip(member);
        scheduler.plan(downMs, () => {
          if (member.node === null) void world.start(member);
        });
      }
    });
  }
}

function peerIdOf({ peerId }: SimMember): string {
  return peerId;
}

function copiesOf(world: World, index: number): SimMember[] {
  return world.members.filter((member) => member.index === index);
}
