import { decodeWire, type WireMessage } from '@triflow/protocol';
import { Random } from './random.js';

/** Which rounds of which heights are bad. */
export interface RoundFaults {
  readonly seed: number;
  readonly heightsPercent: number;
  /** Rounds below this one of a bad height lose messages. */
  readonly rounds: number;
}

const kinds = ['proposals', 'prevotes', 'precommits', 'all'] as const;

interface BadRound {
  readonly kind: (typeof kinds)[number];
  /** Those that hear of it nevertheless. */
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
): (to: string, bytes: Uint8Array) => boolean {
  const drawn = new Map<string, BadRound | null>();
  const draw = (height: number, round: number): BadRound | null => {
    const ofHeight = new Random(seed + height * 7_919);
    if (!ofHeight.chance(heightsPercent) || round >= rounds) return null;
    const random = new Random(seed + height * 7_919 + (round + 1) * 104_729);
    const audience = new Set(peerIds.filter(() => random.chance(50)));
    return { kind: random.pick(kinds), audience };
  };
  return (to, bytes) => {
    const decoded = decodeWire(bytes);
    const place = decoded.ok ? placeOf(decoded.value) : undefined;
    if (place === undefined) return false;
    const { height, round, kind } = place;
    const name = `${height}/${round}`;
    const bad = drawn.get(name) ?? draw(height, round);
    drawn.set(name, bad);
    if (bad === null || bad.audience.has(to)) return false;
    return bad.kind === 'all' || bad.kind === kind;
  };
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
