import { decodeWire, type WireMessage } from '@triflow/protocol';
import { Random } from './random.js';

/** Which rounds of which heights are bad. */
export interface RoundFaults {
  readonly seed: number;
  readonly heightsPercent: number;
  /** Rounds below this one of a bad height lose messages. */
  readonly rounds: number;
}

const LINK_PERCENT = 40;
const kinds = ['proposals', 'prevotes', 'precommits', 'all', 'links'] as const;

interface BadRound {
  readonly kind: (typeof kinds)[number];
  /** Those that hear of it nevertheless; of `links` one sender to one receiver. */
  readonly audience: ReadonlySet<string>;
}

/**
 * Loses messages by what they are: of some rounds only a part of the nodes hears the proposal, the
 * prevotes or the precommits, votes and certificates alike. So locks stay hidden and decisions are
 * seen by few, which links that lose by chance hardly ever bring about.
 */
export function createRoundFaults(
  { seed, heightsPercent, rounds }: RoundFaults,
  peerIds: readonly string[],
): (from: string, to: string, bytes: Uint8Array) => boolean {
  const drawn = new Map<string, BadRound | null>();
  const draw = (height: number, round: number): BadRound | null => {
    const ofHeight = new Random(seed + height * 7_919);
    if (!ofHeight.chance(heightsPercent) || round >= rounds) return null;
    const random = new Random(seed + height * 7_919 + (round + 1) * 104_729);
    const kind = random.pick(kinds);
    const ways = kind === 'links' ? waysBetween(peerIds) : peerIds;
    const percent = kind === 'links' ? 100 - LINK_PERCENT : 50;
    return { kind, audience: new Set(ways.filter(() => random.chance(percent))) };
  };
  return (from, to, bytes) => {
    const decoded = decodeWire(bytes);
    const place = decoded.ok ? placeOf(decoded.value) : undefined;
    if (place === undefined) return false;
    const { height, round, kind } = place;
    const name = `${height}/${round}`;
    const bad = drawn.get(name) ?? draw(height, round);
    drawn.set(name, bad);
    if (bad === null) return false;
    if (bad.kind === 'links') return !bad.audience.has(`${from} ${to} ${kind}`);
    if (bad.audience.has(to)) return false;
    return bad.kind === 'all' || bad.kind === kind;
  };
}

function waysBetween(peerIds: readonly string[]): string[] {
  return peerIds.flatMap((from) => {
    return peerIds.flatMap((to) => kinds.map((kind) => `${from} ${to} ${kind}`));
  });
}

interface Place {
  readonly height: number;
  readonly round: number;
  readonly kind: 'proposals' | 'prevotes' | 'precommits';
}

function placeOf(message: WireMessage): Place | undefined {
  if (message.kind === 'proposal') return { ...message.proposal, kind: 'proposals' };
  if (message.kind === 'vote') {
    const { height, round, type } = message.vote;
    return { height, round, kind: type === 'prevote' ? 'prevotes' : 'precommits' };
  }
  if (message.kind !== 'certificate') return undefined;
  const { height, round, kind } = message.certificate;
  return { height, round, kind: kind === 'prevote' ? 'prevotes' : 'precommits' };
}
