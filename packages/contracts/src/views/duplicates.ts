import { limits, type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { hashTextSchema, partyIdSchema } from '../fields.js';
import { type Invoice, invoices, similar } from '../purchase-order/queries.js';
import { pageOfIndex, viewPage } from './page.js';

const likenesses = ['number', 'amount_day', 'code_number_amount'] as const;

/**
 * Invoices that are alike: of a party, or of all (by their flag), or under a partial fingerprint.
 * Each pair says in what it is alike.
 */
export const duplicateFinanceCandidates = query({
  params: z.strictObject({
    party: partyIdSchema.optional(),
    fingerprint: hashTextSchema.optional(),
    ...viewPage,
  }),
  run: async (reader, { party, fingerprint, ...page }) => {
    if (fingerprint !== undefined) return underFingerprint(reader, fingerprint);
    const index =
      party === undefined
        ? { name: 'flag', value: 'DUPLICATE_FINGERPRINT' }
        : { name: 'party', value: party };
    return pageOfIndex(reader, invoices, index, page, async (invoice) => {
      const flagged = invoice.flags.includes('DUPLICATE_FINGERPRINT');
      return flagged ? { ...factsOf(invoice), like: await likeOf(reader, invoice) } : undefined;
    });
  },
});

async function underFingerprint(reader: QueryReader, digest: string) {
  const items: { kind: string; invoices: readonly string[]; count: number }[] = [];
  const proofRef: string[] = [];
  for (const kind of likenesses) {
    const key = stateKey(similar, [kind, digest]);
    const found = await reader.get(similar, kind, digest);
    proofRef.push(key);
    if (found !== undefined) items.push({ kind, invoices: found.invoices, count: found.count });
  }
  return { data: { items }, proofRef };
}

/** The invoices of the same seller, or of the same number, that are alike in one of three ways. */
async function likeOf(reader: QueryReader, invoice: Invoice) {
  const limit = limits.listPageMax;
  const bySeller = { name: 'seller', value: invoice.seller };
  const byNumber = { name: 'number', value: invoice.number };
  const found = [
    ...(await reader.list(invoices, { index: bySeller, limit })),
    ...(await reader.list(invoices, { index: byNumber, limit })),
  ];
  const others = new Map(found.map((one) => [one.id, one.record]));
  return [...others.values()].flatMap((record) => {
    const kinds = record.id === invoice.id ? [] : likenessOf(invoice, record);
    return kinds.length === 0 ? [] : [{ invoice: record.id, kinds, state: record.state }];
  });
}

/** The three partial fingerprints of domain 3.3, field by field. */
function likenessOf(a: Invoice, b: Invoice): readonly string[] {
  const parties = a.seller === b.seller && a.buyer === b.buyer;
  const amount = a.amount.minor === b.amount.minor && a.amount.currency === b.amount.currency;
  const day = a.issueDay === b.issueDay;
  const held = [
    parties && a.number === b.number,
    parties && amount && day,
    a.code === b.code && a.number === b.number && amount,
  ];
  return likenesses.filter((_, index) => held[index] === true);
}

function factsOf(invoice: Invoice) {
  const { id, seller, buyer, code, number, amount, issueDay, state, voucheredMinor } = invoice;
  return { invoice: id, seller, buyer, code, number, amount, issueDay, state, voucheredMinor };
}
