import { assert, faultsMax } from '@triflow/protocol';
import { stringify } from 'smol-toml';
import { Random } from '../simulation/random.js';
import {
  clash,
  endOf,
  type Manifest,
  type Perturbation,
  parseManifest,
  QUARANTINE_SECONDS,
  SEATS_MIN,
} from './manifest.js';

const SIZES = [4, 4, 4, 5, 7];
const SECONDS = 60;
const KINDS = [
  'kill',
  'restart',
  'pause',
  'disconnect',
  'partition',
  'slow',
  'lose-disk',
  'disk-full',
  'clock',
  'tear-log',
  'lose-logs',
] as const;
/** After one of them the next waits until the quarantine has passed (P11). */
const LOSSES: readonly Kind[] = ['lose-disk', 'tear-log', 'lose-logs'];
const OBSERVER_PERCENT = 30;
/** Not part of a generated manifest's process faults: its memory is watched from start to end. */
const WITNESS = 0;
const FAULT_SECONDS_MAX = 15;
const QUIET_SECONDS_MAX = 12;
const DISK_FULL_SECONDS = 40;
/** How often a fault of a process meets one of the links. */
const TOGETHER_PERCENT = 35;

const VOTELESS_PERCENT = 40;
const VOTE_ATTEMPTS = 30;
const VOTE_DICE = 7_919;

type Kind = (typeof KINDS)[number];
type Vote = 'vote-in' | 'vote-out' | 'rekey';

export interface GenerateOptions {
  readonly seed: number;
  /** How long there are faults; default a minute. */
  readonly seconds?: number;
  /** Drawn by the seed when left out. */
  readonly nodes?: number;
}

/**
 * A random manifest; a seed gives the same one always. As in swarm testing (Groce et al. 2012) a
 * seed first draws which kinds of faults exist at all, and how close they follow one another.
 * One node is never stopped, so that its memory can be watched for the whole run.
 */
export function generateManifest({ seed, seconds = SECONDS, ...given }: GenerateOptions): Manifest {
  const random = new Random(seed);
  const drawn = random.pick(SIZES);
  const nodes = given.nodes ?? drawn;
  const kinds = KINDS.filter(() => random.chance(60));
  const allowed = kinds.length === 0 ? KINDS : kinds;
  const quietMax = random.between(2, QUIET_SECONDS_MAX);
  const late = faultsMax(nodes) > 0 && random.chance(30) ? [nodes - 1] : [];
  const perturbation: Perturbation[] = [];
  let atSeconds = random.between(2, 5);
  let lostUntil = 0;
  if (late.length > 0) {
    const [node = 0] = late;
    perturbation.push({ kind: 'join', node, atSeconds });
    atSeconds += random.between(2, quietMax + 2);
  }
  while (atSeconds < seconds) {
    const possible = allowed.filter((kind) => !LOSSES.includes(kind) || atSeconds > lostUntil);
    const kind = random.pick(possible.length === 0 ? (['kill'] as const) : possible);
    const one = drawPerturbation(random, { kind, nodes, atSeconds });
    perturbation.push(one);
    if (LOSSES.includes(kind)) lostUntil = endOf(one) + QUARANTINE_SECONDS;
    let end = endOf(one);
    const links = allowed.filter((other) => other === 'slow' || other === 'disconnect');
    const isAlone = isOfLinks(kind) || kind === 'lose-logs';
    if (links.length > 0 && !isAlone && random.chance(TOGETHER_PERCENT)) {
      const other = random.pick(links);
      const second = drawPerturbation(random, { kind: other, nodes, atSeconds: atSeconds + 1 });
      perturbation.push(second);
      end = Math.max(end, endOf(second));
    }
    atSeconds = end + random.between(1, quietMax);
  }
  const observers = random.chance(OBSERVER_PERCENT) ? 1 : 0;
  perturbation.push(...drawVotes({ seed, nodes, observers, seconds }, perturbation));
  return {
    name: `generated ${seed}`,
    seed,
    nodes,
    observers,
    late,
    parameters: { blockIntervalMs: random.pick([100, 200, 400]) },
    load: {
      clients: random.between(2, 10),
      registers: random.between(1, 12),
      readPercent: random.pick([20, 50, 80]),
      pauseMs: random.pick([0, 20, 100]),
    },
    perturbation,
    expect: { operations: seconds, heights: Math.ceil(seconds / 4) },
  };
}

/** The same manifest as a file; reading it gives the same again. */
export function manifestText(manifest: Manifest): string {
  const text = stringify(manifest);
  assert(parseManifest(text).ok, 'manifestText: a manifest that can be read');
  return text;
}

interface Members {
  readonly seed: number;
  readonly nodes: number;
  readonly observers: number;
  readonly seconds: number;
}

/**
 * Changes of the validator set while all else goes on, by dice of their own: a validator's key,
 * and the observer, if there is one, that is voted in, out and in again.
 */
function drawVotes(
  { seed, nodes, observers, seconds }: Members,
  others: readonly Perturbation[],
): Perturbation[] {
  const random = new Random(seed * VOTE_DICE + 1);
  if (random.chance(VOTELESS_PERCENT)) return [];
  const part = Math.floor(seconds / 4);
  const votes: Perturbation[] = [];
  const add = (kind: Vote, node: number, fromSeconds: number): boolean => {
    for (let attempt = 0; attempt < VOTE_ATTEMPTS; attempt += 1) {
      const one = { kind, node, atSeconds: random.between(fromSeconds, fromSeconds + part) };
      if ([...others, ...votes].some((other) => clash(other, one))) continue;
      votes.push(one);
      return true;
    }
    return false;
  };
  if (nodes > 1) add('rekey', random.between(WITNESS + 1, nodes - 1), part);
  const comes = observers > 0 && add('vote-in', nodes, 1);
  const goes = comes && nodes >= SEATS_MIN && add('vote-out', nodes, part * 2);
  if (goes) add('vote-in', nodes, part * 3);
  return votes;
}

interface Draw {
  readonly kind: Kind;
  readonly nodes: number;
  readonly atSeconds: number;
}

function drawPerturbation(random: Random, { kind, nodes, atSeconds }: Draw): Perturbation {
  const any = random.below(nodes);
  const node = nodes === 1 ? 0 : random.between(WITNESS + 1, nodes - 1);
  const when = { atSeconds, forSeconds: random.between(1, FAULT_SECONDS_MAX) };
  switch (kind) {
    case 'kill':
      return { kind, nodes: someNodes(random, nodes), ...when };
    case 'partition':
      return { kind, groups: [someNodes(random, nodes)], ...when };
    case 'pause':
    case 'disconnect':
      return { kind, node: any, ...when };
    case 'slow':
      return { kind, node: any, latencyMs: random.pick([50, 200, 800]), ...when };
    case 'clock':
      return {
        kind,
        node: any,
        byMs: random.pick([-3_600_000, -5_000, 900, 30_000, 3_600_000]),
        ...when,
      };
    case 'tear-log':
      return { kind, node, bytes: random.pick([1, 40, 200, 2_000]), ...when };
    case 'lose-logs':
      return { kind, nodes: someNodes(random, nodes), ...when };
    case 'disk-full':
      return { kind, node, atSeconds, forSeconds: DISK_FULL_SECONDS };
    default:
      return { kind, node, ...when };
  }
}

function isOfLinks(kind: Kind): boolean {
  return kind === 'slow' || kind === 'disconnect' || kind === 'partition';
}

/** One to all of the nodes that may be stopped. */
function someNodes(random: Random, nodes: number): number[] {
  const some = Array.from({ length: nodes }, (_, index) => index).filter((index) => {
    return index !== WITNESS && random.chance(40);
  });
  return some.length === 0 ? [nodes - 1] : some;
}
