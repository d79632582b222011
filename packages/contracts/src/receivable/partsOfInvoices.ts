import { lesser } from '../lesser.js';
import type { PartOfInvoice, Root } from './schema.js';

/**
 * Which invoices a cancelled part of a root goes back to, in the order in which the root took
 * them: what was cancelled before has taken the first ones already.
 */
export function allocateBack(
  root: Pick<Root, 'invoices' | 'cancelledMinor'>,
  minor: bigint,
): PartOfInvoice[] {
  const parts: PartOfInvoice[] = [];
  let skipped = root.cancelledMinor;
  let left = minor;
  for (const part of root.invoices) {
    const gone = lesser(skipped, part.minor);
    skipped -= gone;
    const taken = lesser(left, part.minor - gone);
    left -= taken;
    if (taken > 0n) parts.push({ invoice: part.invoice, minor: taken });
  }
  return parts;
}
