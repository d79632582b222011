import { Random } from './random.js';
import { perfectLinks } from './simNetwork.js';
import { World } from './world.js';

export interface SeedReport {
  readonly seed: number;
  readonly failures: readonly string[];
  readonly commits: number;
  readonly heights: number;
  readonly transactions: number;
  readonly crashes: number;
  readonly trace: readonly string[];
}

export interface SeedOptions {
  readonly seed: number;
  readonly nodes?: number;
  readonly realSignatures?: boolean;
  /** Virtual milliseconds of faults before everything heals. */
  readonly faultMs?: number;
  /** See WorldOptions: the canary. */
  readonly forgetsVotes?: boolean;
}

const HEAL_MS = 120_000;

/**
 * One run: faults drawn by the seed, then everything heals and must go on. The same seed gives
 * the same run, event by event.
 */
export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const { seed } = options;
  const draw = new Random(seed ^ 0x5eed);
  const nodes = options.nodes ?? draw.pick([1, 4, 4, 4, 5, 7]);
  const { realSignatures = false, forgetsVotes = false } = options;
  const world = new World({ seed, nodes, realSignatures, forgetsVotes });
  const start = world.scheduler.nowMs();
  for (const member of world.members) await world.start(member);
  world.network.faults = {
    delayMaxMs: draw.pick([5, 20, 100]),
    lossPercent: draw.pick([0, 0, 2, 10, 25]),
    duplicatePercent: draw.pick([0, 5, 30]),
    tailPercent: draw.pick([0, 1, 5]),
    tailMaxMs: 3_000,
  };
  const end = start + (options.faultMs ?? 20_000);
  const crashes = planFaults(world, draw, end - start);
  planLoad(world, draw, end - start + 5_000);
  await world.scheduler.runUntil(end);
  world.network.faults = perfectLinks;
  world.network.heal();
  for (const member of world.members) if (member.node === null) await world.start(member);
  const before = Math.max(...world.heads());
  const healed = (): boolean => {
    const heads = world.heads();
    const level = Math.min(...heads) > before + 2;
    return level && world.checkers.pending().length === 0;
  };
  await world.scheduler.runUntil(end + HEAL_MS, () => {
    return healed() || world.checkers.failures.length > 0;
  });
  if (!healed() && world.checkers.failures.length === 0) {
    world.checkers.fail(
      `I14: no progress after heal: heads ${world.heads()}, were ${before}, ` +
        `${world.checkers.pending().length} pending`,
    );
  }
  const { failures } = world.checkers;
  return { seed, failures, crashes: crashes(), trace: world.trace, ...world.checkers.counts() };
}

/** Crashes, restarts and partitions at random moments; at most f nodes are down at once. */
function planFaults(world: World, draw: Random, spanMs: number): () => number {
  let crashes = 0;
  let wipes = 0;
  const f = Math.floor((world.members.length - 1) / 3);
  const rounds = draw.below(6);
  for (let i = 0; i < rounds; i += 1) {
    const at = draw.below(spanMs);
    const downMs = draw.between(10, 4_000);
    const victim = draw.pick(world.members);
    world.scheduler.plan(at, () => {
      const down = world.members.length - world.running().length;
      const allowed = draw.chance(20) || down < Math.max(f, 1);
      if (!allowed || victim.node === null) return;
      crashes += 1;
      // A lost disk counts as one of the f faults until the quarantine has passed.
      if (wipes < Math.min(f, 1) && draw.chance(25)) {
        wipes += 1;
        world.wipe(victim);
      } else {
        world.crash(victim);
      }
      world.scheduler.plan(downMs, () => {
        if (victim.node === null) void world.start(victim);
      });
    });
  }
  if (draw.chance(40)) {
    const ids = world.members.map((member) => member.peerId);
    const cut = draw.between(0, ids.length);
    const at = draw.below(spanMs);
    world.scheduler.plan(at, () => world.network.partition([ids.slice(0, cut), ids.slice(cut)]));
    world.scheduler.plan(at + draw.between(100, 8_000), () => world.network.heal());
  }
  return () => crashes;
}

function planLoad(world: World, draw: Random, spanMs: number): void {
  const count = draw.between(5, 40);
  for (let i = 0; i < count; i += 1) {
    const member = draw.pick(world.members);
    const name = `c${draw.below(5)}`;
    world.scheduler.plan(draw.below(spanMs), () => void world.submit(member, name));
  }
}
