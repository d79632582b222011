import { type Day, dayFromTime, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields, partyIdSchema } from '../fields.js';
import { isPayable } from './internal.js';
import { obligations } from './keys.js';
import type { Obligation } from './schema.js';
import { settlementOn } from './settlement.js';

export { obligations, proofs } from './keys.js';
export type { Obligation } from './schema.js';
export { settlementOn } from './settlement.js';

/** What the API may ask by name; obligations and proofs by id and index come from their tables. */
export const queries = {
  /** Obligations of a debtor, or of all, whose last day has ended, page by page. */
  overdue: query({
    params: z.strictObject({ party: partyIdSchema.optional(), ...pageFields }),
    run: async (reader, { party, after, limit }) => {
      const index = { name: 'open', value: party ?? 'all' };
      const page = await reader.list(obligations, {
        index,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const today = dayFromTime(reader.timeMs);
      const items = page
        .map(({ record }) => record)
        .filter((one) => one.due < today && (party === undefined || one.debtor === party))
        .filter(isPayable)
        .map((one) => ({ ...one, ...openOn(one, today) }));
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const proofRef = items.map((one) => stateKey(obligations, [one.id]));
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};

/** What is open on a day, with the late interest in it. */
function openOn(obligation: Obligation, day: Day): { openMinor: bigint; lateMinor: bigint } {
  const { openMinor, lateMinor } = settlementOn(obligation, day);
  return { openMinor, lateMinor };
}
