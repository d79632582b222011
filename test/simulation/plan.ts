import { faultsMax } from '@triflow/protocol';
import { Random, shuffled } from './random.js';
import type { RoundFaults } from './roundFaults.js';
import type { LinkFaults } from './simNetwork.js';

/** What a Byzantine validator does beside, or instead of, what it should (testing section 2). */
export const roles = [
  'twin',
  'equivocator',
  'eager',
  'silent',
  'withholder',
  'selective',
  'builder',
  'garbage',
  'spammer',
  'padder',
  'liar',
] as const;

export type Role = (typeof roles)[number];

/** Which faults a run may draw from; `all` is `mixed` and `machines`. */
export const profiles = [
  'all',
  'mixed',
  'calm',
  'crash',
  'network',
  'byzantine',
  'membership',
  'rounds',
  'liars',
  'amnesia',
  'machines',
] as const;

export type Profile = (typeof profiles)[number];

export interface Outage {
  readonly atMs: number;
  readonly downMs: number;
  readonly victim: number;
  /** `crash` keeps what was synced, `wipe` loses the disk, `stop` ends in good order. */
  readonly kind: 'crash' | 'wipe' | 'stop';
}

export interface Split {
  readonly atMs: number;
  readonly forMs: number;
  /** Who is on the one side; the others are on the other. */
  readonly side: readonly number[];
  /** Only that side's messages are lost. */
  readonly oneWay: boolean;
}

export interface Amnesia {
  readonly atMs: number;
  readonly downMs: number;
  readonly members: readonly number[];
}

/** A member whose messages, both ways, take longer. */
export interface Slowness {
  readonly atMs: number;
  readonly forMs: number;
  readonly member: number;
  readonly delayMaxMs: number;
}

/** A log's disk on which only so many bytes more find room for a while. */
export interface FullDisk {
  readonly atMs: number;
  readonly forMs: number;
  readonly member: number;
  readonly roomBytes: number;
}

/** Power loss, and one bit of the log, or of a body beside it, is another. */
export interface BitFlip {
  readonly atMs: number;
  readonly downMs: number;
  readonly member: number;
}

export interface MachineFaults {
  readonly slow: readonly Slowness[];
  readonly full: readonly FullDisk[];
  readonly flips: readonly BitFlip[];
}

export type SetChange = 'add' | 'remove' | 'rekey';

/** One run, decided in full before it starts. */
export interface Plan {
  readonly seed: number;
  readonly nodes: number;
  readonly spares: number;
  readonly realSignatures: boolean;
  readonly links: LinkFaults;
  readonly faultMs: number;
  readonly byzantine: readonly { readonly member: number; readonly role: Role }[];
  readonly outages: readonly Outage[];
  readonly splits: readonly Split[];
  readonly rounds?: RoundFaults | null;
  /** Power loss of all at once. */
  readonly blackouts?: readonly { readonly atMs: number; readonly downMs: number }[];
  /** More than f lose their logs at once: nothing goes on before operators give their word (P11). */
  readonly amnesia?: Amnesia | null;
  /** Milliseconds by which each member's clock is off. */
  readonly skews: readonly number[];
  /** Member and number of the step on its disk that fails. */
  readonly diskFaults: readonly { readonly member: number; readonly step: number }[];
  readonly machines?: MachineFaults | null;
  readonly setChanges: readonly { readonly atMs: number; readonly kind: SetChange }[];
  readonly load: readonly {
    readonly atMs: number;
    readonly member: number;
    readonly name: string;
    /** How many blocks it may wait for. */
    readonly validForBlocks?: number;
  }[];
  readonly parameters: { readonly blockIntervalMs: number; readonly maxBlockTransactions: number };
}

export interface PlanOptions {
  readonly seed: number;
  readonly profile?: Profile | undefined;
  readonly nodes?: number | undefined;
  /** What every Byzantine validator is; drawn when left out. */
  readonly role?: Role | undefined;
  readonly realSignatures?: boolean | undefined;
}

const NODE_COUNTS = [1, 4, 4, 4, 4, 5, 6, 7, 10];
/** Most runs are short: more worlds for the same time. */
const FAULT_MS = [2_000, 4_000, 4_000, 8_000, 8_000, 15_000, 25_000];
const REAL_SIGNATURES_PERCENT = 2;
/** Evidence is judged inside the ledger, by real signatures only. */
const REAL_EQUIVOCATION_PERCENT = 30;
const AMNESIA_PERCENT = 6;
const LOAD_AFTER_MS = 5_000;
const SMALL_SKEW_MS = 1_000;

/** Draws which faults exist and how strong they are: every seed is another world. */
export function drawPlan(options: PlanOptions): Plan {
  const { seed, nodes, role, realSignatures } = options;
  const { profile: asked = 'all' } = options;
  const profile = asked === 'all' ? 'mixed' : asked;
  const draw = new Random(seed ^ 0x5eed);
  const count = nodes ?? draw.pick(NODE_COUNTS);
  const f = faultsMax(count);
  const faultMs = draw.pick(FAULT_MS);
  const has = (kind: Profile, percent: number): boolean => {
    if (profile === 'calm') return false;
    if (profile === 'liars' && (kind === 'byzantine' || kind === 'rounds')) return true;
    return profile === 'mixed' ? draw.chance(percent) : profile === kind;
  };
  const byzantine = f > 0 && has('byzantine', 45) ? drawLiars(draw, count, f, role) : [];
  const changes = has('membership', 25) && count >= 4 && byzantine.length === 0;
  const drawn = has('crash', 70) ? drawOutages(draw, count, f - byzantine.length, faultMs) : [];
  const amnesia = byzantine.length === 0 ? drawAmnesia(options, count, faultMs) : null;
  // With more than f logs lost, a lost database would be one fault too many.
  const outages = amnesia === null ? drawn : drawn.map(withoutWipe);
  // A lost disk and a clock far off each make one more member faulty for a while.
  const lost = outages.filter(({ kind }) => kind === 'wipe').length;
  const spanMs = faultMs + LOAD_AFTER_MS;
  const contradicts =
    amnesia !== null ||
    byzantine.some(({ role }) => ['twin', 'equivocator', 'eager'].includes(role));
  const realPercent = contradicts ? REAL_EQUIVOCATION_PERCENT : REAL_SIGNATURES_PERCENT;
  const plan: Plan = {
    seed,
    nodes: count,
    spares: changes ? 1 : draw.pick([0, 0, 0, 1]),
    realSignatures: realSignatures ?? draw.chance(realPercent),
    links: drawLinks(draw, has('network', 70)),
    faultMs,
    byzantine,
    outages,
    splits: has('network', 50) ? drawSplits(draw, count, faultMs) : [],
    rounds: has('rounds', 25) ? drawRounds(draw) : null,
    blackouts: has('crash', 10) ? [{ atMs: draw.below(faultMs), downMs: draw.below(1_000) }] : [],
    amnesia,
    skews: drawSkews(draw, count, f - byzantine.length - lost),
    diskFaults: has('crash', 15) ? [{ member: draw.below(count), step: 20 + draw.below(400) }] : [],
    setChanges: changes ? drawChanges(draw, faultMs) : [],
    load: Array.from({ length: draw.between(5, 40) }, () => ({
      atMs: draw.below(spanMs),
      member: draw.below(count),
      name: `c${draw.below(5)}`,
      validForBlocks: draw.pick([200, 200, 8, 3]),
    })),
    parameters: {
      blockIntervalMs: draw.pick([10, 100, 200, 200, 1_000]),
      maxBlockTransactions: draw.pick([1, 4, 2_000]),
    },
  };
  return { ...plan, machines: drawMachines(options, plan) };
}

function drawLiars(
  draw: Random,
  nodes: number,
  f: number,
  role: Role | undefined,
): Plan['byzantine'] {
  const members = shuffled(draw, nodes).slice(0, draw.between(1, f));
  return members.map((member) => {
    const drawn = draw.pick(roles);
    return { member, role: role ?? drawn };
  });
}

function drawLinks(draw: Random, bad: boolean): LinkFaults {
  const links = {
    delayMaxMs: draw.pick([5, 20, 100]),
    lossPercent: draw.pick([0, 0, 2, 10, 25]),
    duplicatePercent: draw.pick([0, 5, 30, 50]),
    tailPercent: draw.pick([0, 1, 5]),
    tailMaxMs: 3_000,
  };
  return bad ? links : { ...links, lossPercent: 0, duplicatePercent: 0, tailPercent: 0 };
}

function drawOutages(draw: Random, nodes: number, f: number, spanMs: number): Outage[] {
  let wipes = 0;
  return Array.from({ length: draw.between(1, 7) }, () => {
    // A lost disk counts as one of the f faults until the quarantine has passed.
    const wiped = wipes < Math.min(f, 1) && draw.chance(20);
    if (wiped) wipes += 1;
    const kind: Outage['kind'] = draw.chance(15) ? 'stop' : 'crash';
    return {
      atMs: draw.below(spanMs),
      downMs: draw.between(10, 5_000),
      victim: draw.below(nodes),
      kind: wiped ? 'wipe' : kind,
    };
  });
}

function withoutWipe(outage: Outage): Outage {
  return outage.kind === 'wipe' ? { ...outage, kind: 'crash' } : outage;
}

/** From a source of its own: what the other faults of a seed are does not hang on it. */
function drawAmnesia({ seed, profile = 'all' }: PlanOptions, count: number, spanMs: number) {
  const draw = new Random(seed ^ 0xa3e51a);
  const percents = { all: AMNESIA_PERCENT, mixed: AMNESIA_PERCENT, amnesia: 100 };
  const percent = percents[profile as keyof typeof percents] ?? 0;
  if (!draw.chance(percent)) return null;
  const least = Math.min(count, faultsMax(count) + 1);
  const members = shuffled(draw, count).slice(0, draw.between(least, count));
  return { atMs: draw.below(spanMs), downMs: draw.between(10, 3_000), members };
}

/**
 * Slow members, disks that are full for a while, flipped bits; from a source of its own. A flipped
 * bit may cost a sign state, so it counts as one of the f faults.
 */
function drawMachines(
  { seed, profile = 'all' }: PlanOptions,
  { nodes: count, faultMs, byzantine, outages, skews, amnesia }: Plan,
): MachineFaults | null {
  if (profile !== 'all' && profile !== 'machines') return null;
  const wipes = outages.filter(({ kind }) => kind === 'wipe').length;
  const astray = skews.filter((skewMs) => Math.abs(skewMs) > SMALL_SKEW_MS).length;
  const mayFlip = amnesia === null && byzantine.length + wipes + astray < faultsMax(count);
  const draw = new Random(seed ^ 0x3ac41e);
  const some = <T>(percent: number, max: number, one: () => T): T[] => {
    if (!draw.chance(percent)) return [];
    return Array.from({ length: draw.between(1, max) }, one);
  };
  const when = () => ({ atMs: draw.below(faultMs), member: draw.below(count) });
  return {
    slow: some(50, 3, () => {
      const delayMaxMs = draw.pick([200, 1_000, 5_000]);
      return { ...when(), forMs: draw.between(200, 10_000), delayMaxMs };
    }),
    full: some(35, 2, () => {
      return { ...when(), forMs: draw.between(200, 6_000), roomBytes: draw.below(20_000) };
    }),
    flips: mayFlip ? some(50, 1, () => ({ ...when(), downMs: draw.between(10, 3_000) })) : [],
  };
}

function drawSplits(draw: Random, nodes: number, spanMs: number): Split[] {
  return Array.from({ length: draw.between(1, 3) }, () => ({
    atMs: draw.below(spanMs),
    forMs: draw.between(100, 8_000),
    side: shuffled(draw, nodes).slice(0, draw.between(1, Math.max(1, nodes - 1))),
    oneWay: draw.chance(30),
  }));
}

/** Rounds in which only some hear: enough of them that locks meet, few enough that all ends. */
function drawRounds(draw: Random): RoundFaults {
  const heightsPercent = draw.pick([20, 50, 80]);
  return { seed: draw.below(1_000_000), heightsPercent, rounds: draw.between(1, 5) };
}

/** Small for all; at most f clocks are far off, and their owners count as faulty while they are. */
function drawSkews(draw: Random, nodes: number, f: number): number[] {
  const small = draw.pick([0, 0, 50, 300]);
  const far = draw.chance(15) ? f : 0;
  return Array.from({ length: nodes }, (_, index) => {
    if (index < far) return draw.pick([-60_000, -5_000, 5_000, 3_600_000]);
    return small === 0 ? 0 : draw.between(-small, small);
  });
}

function drawChanges(draw: Random, spanMs: number): { atMs: number; kind: SetChange }[] {
  const kinds = shuffled(draw, 3).map((at) => (['add', 'remove', 'rekey'] as const)[at] ?? 'add');
  return kinds.slice(0, draw.between(1, 3)).map((kind) => ({ atMs: draw.below(spanMs), kind }));
}
