import { isKeyPart, limits, type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { currencySchema, pageFields, partyIdSchema } from '../fields.js';
import { findObligationAt } from '../payment/internal.js';
import { debtorBound } from './debtorBound.js';
import { claims, creditLines, estoppels, roots } from './keys.js';
import { isUnconsumed } from './lifecycle.js';
import { grantedMinor } from './records.js';
import { type Claim, claimIdSchema } from './schema.js';
import { setOff } from './setOff.js';

export { claims, estoppels, roots } from './keys.js';
export { isDue, isLive as isLiveClaim } from './lifecycle.js';
export type { Claim, Root } from './schema.js';

/** What the API may ask by name; claims by id and index come from their table. */
export const queries = {
  /** The claims that stand for a root now, with the root's sums (D1), page by page. */
  leaves: query({
    params: z.strictObject({ root: claimIdSchema, ...pageFields }),
    run: async (reader, { root: id, ...page }) => {
      const root = await reader.get(roots, id);
      const found = await pageOf(reader, { name: 'leaves', value: id }, page);
      const data = { root: root ?? null, items: found.items, ...found.next };
      return { data, proofRef: [stateKey(roots, [id]), ...found.proofRef] };
    },
  }),
  /** What a party holds that is not consumed, page by page. */
  holdings: query({
    params: z.strictObject({ party: partyIdSchema, ...pageFields }),
    run: async (reader, { party, ...page }) => {
      const found = await pageOf(reader, { name: 'holder', value: party }, page);
      const items = found.items.filter((claim) => isUnconsumed(claim.state));
      return { data: { items, ...found.next }, proofRef: found.proofRef };
    },
  }),
  /** How much of its credit line in a currency a debtor's confirmed claims use (D5). */
  creditLineUse: query({
    params: z.strictObject({ core: partyIdSchema, currency: currencySchema.default('CNY') }),
    run: async (reader, { core, currency }) => {
      const line = await reader.get(creditLines, core, currency);
      const limitMinor = line === undefined ? 0n : grantedMinor(line);
      const usedMinor = line?.usedMinor ?? 0n;
      const freeMinor = limitMinor - usedMinor;
      const data = { debtor: core, currency, limitMinor, usedMinor, freeMinor };
      const grants = line?.grants ?? [];
      return {
        data: { ...data, grants },
        proofRef: [stateKey(creditLines, [core, currency])],
      };
    },
  }),
  /** Whether the debtor is bound to the holder, whatever the trade was, and by which rule. */
  debtorBound: query({
    params: z.strictObject({ claim: claimIdSchema }),
    run: async (reader, { claim: id }) => {
      const claim = await reader.get(claims, id);
      if (claim === undefined) return { data: null, proofRef: [stateKey(claims, [id])] };
      const estoppel = await reader.get(estoppels, claim.root);
      const creditor = claim.pledge?.lender ?? claim.holder;
      const answer = debtorBound(claim, estoppel?.confirmedAt, creditor);
      const keys = [stateKey(claims, [id]), stateKey(estoppels, [claim.root])];
      return {
        data: { claim: id, creditor, estoppel: estoppel ?? null, ...answer },
        proofRef: keys,
      };
    },
  }),
  /** Whether the debtor may set an obligation of a creditor to it off against a claim (549). */
  setOff: query({
    params: z.strictObject({ claim: claimIdSchema, obligation: z.string().max(limits.idTextMax) }),
    run: async (reader, { claim: id, obligation }) => {
      const proofRef = [stateKey(claims, [id])];
      const claim = await reader.get(claims, id);
      const counter = isKeyPart(obligation)
        ? await findObligationAt(reader, obligation)
        : undefined;
      if (claim === undefined || counter === undefined) return { data: null, proofRef };
      const root = await reader.get(roots, claim.root);
      const same = root?.invoices.some((part) => part.invoice === counter.sourceRef) === true;
      const data = { claim: id, obligation, ...setOff(claim, counter, same) };
      return { data, proofRef: [...proofRef, stateKey(roots, [claim.root])] };
    },
  }),
};

interface Page {
  readonly after?: string | undefined;
  readonly limit: number;
}

async function pageOf(
  reader: QueryReader,
  index: { readonly name: string; readonly value: string },
  { after, limit }: Page,
): Promise<{ items: Claim[]; next: { next?: string }; proofRef: string[] }> {
  const from = after === undefined ? {} : { after };
  const page = await reader.list(claims, { index, limit, ...from });
  const last = page.length === limit ? page.at(-1)?.id : undefined;
  return {
    items: page.map(({ record }) => record),
    next: last === undefined ? {} : { next: last },
    proofRef: page.map(({ id }) => stateKey(claims, [id])),
  };
}
