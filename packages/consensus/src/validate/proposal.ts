import type { Proposal } from '@triflow/protocol';

/**
 * R-C4 without signatures: -1 <= validRound < round, and the POL is present iff validRound >= 0
 * and is of exactly (height, validRound, valueId). Gives the fault, or undefined.
 */
export function proposalProblem(proposal: Proposal): string | undefined {
  const { height, round, valueId, validRound, pol } = proposal;
  if (validRound < -1 || validRound >= round) return 'R-C4: validRound out of range';
  if (validRound < 0) return pol === undefined ? undefined : 'R-C4: POL without validRound';
  if (pol === undefined) return 'R-C4: POL missing';
  const fits =
    pol.kind === 'prevote' &&
    pol.height === height &&
    pol.round === validRound &&
    pol.valueId === valueId;
  return fits ? undefined : 'R-C4: POL of something else';
}
