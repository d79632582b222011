import type { QueryReader, ReadContext, TimeMs } from '@triflow/protocol';
import { claims, roots } from './keys.js';
import type { Claim, Root } from './schema.js';

export type { Claim, Root } from './schema.js';

/** What other contracts may use: these readers. It has no internal commands. */

/** A claim's record, or undefined. */
export function findClaim(context: ReadContext, id: string): Claim | undefined {
  return context.get(claims, id);
}

/** What a claim's tree goes back to, or undefined. */
export function findRoot(context: ReadContext, id: string): Root | undefined {
  return context.get(roots, id);
}

/** The vouchers that took an invoice over, at the height of a query, the first ones by id. */
export function rootsOfInvoiceAt(
  reader: QueryReader,
  invoice: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly record: Root }[]> {
  return reader.list(roots, { index: { name: 'invoice', value: invoice }, limit });
}

/** What stands for a root and is not consumed, at the height of a query, the first ones by id. */
export function leavesOfRootAt(
  reader: QueryReader,
  root: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly record: Claim }[]> {
  return reader.list(claims, { index: { name: 'leaves', value: root }, limit });
}

/** Whether a COURT's or REGULATOR's order stops a claim at a time (R11). */
export function isFrozen(claim: Pick<Claim, 'frozen'>, timeMs: TimeMs): boolean {
  const { frozen } = claim;
  return frozen !== undefined && (frozen.until === undefined || timeMs <= frozen.until);
}
