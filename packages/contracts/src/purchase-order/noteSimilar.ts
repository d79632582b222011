import { limits, type WriteContext } from '@triflow/protocol';
import type { PartialKind } from './fingerprints.js';
import { similar } from './keys.js';

/** One kind of likeness with the earlier invoices that share it. */
export type Likeness = {
  readonly kind: PartialKind;
  readonly invoices: readonly string[];
  readonly count: number;
};

/** Enters an invoice under its partial fingerprints; gives those that others stand under. */
export function noteSimilar(
  context: WriteContext,
  invoice: string,
  partials: readonly { readonly kind: PartialKind; readonly digest: string }[],
): Likeness[] {
  const found: Likeness[] = [];
  for (const { kind, digest } of partials) {
    const known = context.get(similar, kind, digest);
    const invoices = known?.invoices ?? [];
    const kept =
      invoices.length < limits.similarInvoicesKeptMax ? [...invoices, invoice] : invoices;
    const count = known?.count ?? 0;
    context.put(similar, [kind, digest], { invoices: kept, count: count + 1 });
    if (count > 0) found.push({ kind, invoices, count });
  }
  return found;
}
