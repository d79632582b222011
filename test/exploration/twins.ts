import { faultsMax, type WireMessage } from '@triflow/protocol';
import { Random, shuffled } from '../simulation/random.js';
import { CoreNetwork } from './coreNetwork.js';
import { describeNode, HEIGHT, valueBy } from './coreNode.js';

/** Which twins lead a round: the copies that build a block when it is their seat's turn. */
type Leads = 'both' | 'first' | 'second';

/** One scenario: how each round divides the cores, and which copy leads. */
export interface TwinScenario {
  readonly n: number;
  /** Seats that have two copies; the second copies come after all seats, in this order. */
  readonly twins: readonly number[];
  /** For each round, the group of each core. */
  readonly rounds: readonly { readonly groups: readonly number[]; readonly leads: Leads }[];
}

export interface TwinReport {
  readonly failures: readonly string[];
  readonly accused: number;
}

/** Most divisions of many groups leave nobody with a quorum. */
const GROUPS_DRAWN_MAX = 3;
/** Timers that may run out before the network is whole again, for each core. */
const TIMERS_EACH = 12;

/**
 * Two correct copies with one key, in a network that divides anew in every round ("Twins: BFT
 * systems made robust", OPODIS 2021). Then it is whole, and the height must end in one value.
 */
export function playTwins({ n, twins, rounds }: TwinScenario): TwinReport {
  const seats = [...Array.from({ length: n }, (_, at) => at), ...twins];
  const network = new CoreNetwork({
    n,
    seats,
    liars: twins,
    compares: false,
    reaches: (from, to, message) => {
      const groups = rounds[roundOf(message)]?.groups;
      return groups === undefined || groups[from] === groups[to];
    },
    builds: (core, round) => {
      const seat = (HEIGHT + round) % n;
      const leads = rounds[round]?.leads ?? 'both';
      const copy = core < n ? 'first' : 'second';
      if (twins.includes(seat) && leads !== 'both' && leads !== copy) return null;
      return valueBy(seat, round, core < n ? 0 : 1);
    },
  });
  const turns = TIMERS_EACH * seats.length * rounds.length;
  for (let turn = 0; turn < turns && network.failures.length === 0; turn += 1) {
    if (network.waiting().every(({ core }) => core.round >= rounds.length)) break;
    while (network.pending.length > 0 && network.failures.length === 0) network.advance();
    if (!network.advance()) break;
  }
  if (network.failures.length === 0) network.settle();
  const where = [...network.nodes].map(([core, node]) => `#${core} ${describeNode(node)}`);
  const told = network.failures.map((failure) => [failure, ...where].join('\n  '));
  return { failures: told, accused: network.accused.size };
}

/** Every scenario of so many rounds, once: the two copies may change places. */
export function* twinScenarios(n: number, rounds: number): Generator<TwinScenario> {
  for (let twin = 0; twin < n; twin += 1) {
    const seen = new Set<string>();
    for (const plan of plansOf(n, twin, rounds)) {
      const [name, mirrored] = [plan, plan.map((round) => mirror(round, twin))].map((each) => {
        return each.map(({ groups, leads }) => `${groups.join('')} ${leads}`).join('; ');
      });
      if (seen.has(mirrored ?? '')) continue;
      seen.add(name ?? '');
      yield { n, twins: [twin], rounds: plan };
    }
  }
}

/** One scenario of the many of larger networks: up to f seats with two copies, few groups a round. */
export function drawTwins(n: number, rounds: number, seed: number): TwinScenario {
  const draw = new Random(seed);
  const twins = shuffled(draw, n)
    .slice(0, draw.between(1, faultsMax(n)))
    .sort((a, b) => a - b);
  const plans = Array.from({ length: rounds }, () => {
    const parts = draw.between(1, GROUPS_DRAWN_MAX);
    const groups = Array.from({ length: n + twins.length }, () => draw.below(parts));
    return { groups, leads: draw.pick<Leads>(['both', 'first', 'second']) };
  });
  return { n, twins, rounds: plans };
}

type RoundPlan = TwinScenario['rounds'][number];

function* plansOf(n: number, twin: number, rounds: number, from = 0): Generator<RoundPlan[]> {
  if (from === rounds) {
    yield [];
    return;
  }
  const isLed = (HEIGHT + from) % n === twin;
  const leading: readonly Leads[] = isLed ? ['both', 'first', 'second'] : ['both'];
  for (const groups of partitions(n + 1)) {
    for (const leads of leading) {
      for (const rest of plansOf(n, twin, rounds, from + 1)) yield [{ groups, leads }, ...rest];
    }
  }
}

/** Every way to divide so many cores: the group of each, numbered by first appearance. */
function* partitions(size: number, groups: readonly number[] = []): Generator<readonly number[]> {
  if (groups.length === size) {
    yield groups;
    return;
  }
  const next = groups.length === 0 ? 0 : Math.max(...groups) + 1;
  for (let group = 0; group <= next; group += 1) yield* partitions(size, [...groups, group]);
}

function mirror({ groups, leads }: RoundPlan, twin: number): RoundPlan {
  const last = groups.length - 1;
  const swapped = groups.with(twin, groups[last] ?? 0).with(last, groups[twin] ?? 0);
  const numbers = new Map<number, number>();
  for (const group of swapped) if (!numbers.has(group)) numbers.set(group, numbers.size);
  const copies = { both: 'both', first: 'second', second: 'first' } as const;
  return { groups: swapped.map((group) => numbers.get(group) ?? 0), leads: copies[leads] };
}

function roundOf(message: WireMessage): number {
  if (message.kind === 'vote') return message.vote.round;
  if (message.kind === 'proposal') return message.proposal.round;
  return message.kind === 'certificate' ? message.certificate.round : -1;
}
