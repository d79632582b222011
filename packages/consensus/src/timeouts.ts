import type { ConsensusParameters } from '@triflow/protocol';

/** timeout(r) = min(base + r * delta, cap) in milliseconds (R-T1). */
export function timeoutMs(
  name: 'propose' | 'prevote' | 'precommit',
  round: number,
  params: ConsensusParameters,
): number {
  const propose = name === 'propose';
  const base = propose ? params.proposeBaseMs : params.voteBaseMs;
  const delta = propose ? params.proposeDeltaMs : params.voteDeltaMs;
  return Math.min(base + round * delta, params.timeoutCapMs);
}
