import { OK, type PartyId, type Status, type WriteContext } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import { clearRecordAlert, raiseRecordAlert } from '../monitoring/internal.js';
import { exposures } from './keys.js';
import type { Claim, Exposure } from './schema.js';

/** The key part under which the sum over all debtors stands. */
export const ALL_DEBTORS = 'all';

const COUNTED = ['FINANCED', 'PLEDGED', 'MATURED', 'OVERDUE', 'RECOURSE'];

/** What a lender has at stake in a claim: the face it bought, or what its pledge secures. */
export function exposureOf(claim: Claim): { lender: PartyId; minor: bigint } | undefined {
  if (!COUNTED.includes(claim.formerState ?? claim.state)) return undefined;
  const { financing, pledge, face } = claim;
  if (financing !== undefined) return { lender: financing.lender, minor: face.minor };
  if (pledge === undefined) return undefined;
  return { lender: pledge.lender, minor: lesser(face.minor, pledge.securedMax.minor) };
}

/**
 * Counts a claim into (1) or out of (-1) its lender's exposure to the debtor. CONCENTRATION is
 * raised on the claim by which the debtor's share of all that the lender has at stake goes over
 * `concentrationBps`, and ends when a later claim of that debtor finds it back under it.
 */
export function countExposure(context: WriteContext, claim: Claim, sign: 1n | -1n): Status {
  const exposed = exposureOf(claim);
  if (exposed === undefined) return OK;
  const { lender } = exposed;
  const by = sign * exposed.minor;
  const ours = changed(context, claim, lender, claim.debtor, by);
  const total = changed(context, claim, lender, ALL_DEBTORS, by).minor;
  const isOver = isConcentrated(context, ours.minor, total);
  const { alertOn } = ours;
  if (isOver === (alertOn !== undefined)) return OK;
  const marked = { ...ours, alertOn: isOver ? claim.id : undefined };
  context.put(exposures, [lender, claim.face.currency, claim.debtor], marked);
  if (alertOn !== undefined) return clearRecordAlert(context, 'CONCENTRATION', alertOn);
  const found = { kind: 'CONCENTRATION', asset: claim.id, owner: lender } as const;
  return raiseRecordAlert(context, { ...found, refs: [claim.debtor] });
}

function changed(
  context: WriteContext,
  { face: { currency } }: Claim,
  lender: PartyId,
  debtor: string,
  by: bigint,
): Exposure {
  const key = [lender, currency, debtor];
  const known = context.get(exposures, lender, currency, debtor);
  const after = { ...known, lender, currency, minor: (known?.minor ?? 0n) + by };
  context.put(exposures, key, after);
  return after;
}

/** share > concentrationBps, cross-multiplied (R1); a portfolio that only begins has no share. */
function isConcentrated(context: WriteContext, minor: bigint, total: bigint): boolean {
  const floor = BigInt(context.parameter<number>('concentrationFloorMinor'));
  const line = BigInt(context.parameter<number>('concentrationBps'));
  return total >= floor && minor * 10_000n > total * line;
}
