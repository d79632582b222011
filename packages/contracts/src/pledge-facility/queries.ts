import { stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { facilities } from './keys.js';
import { isLive } from './lifecycle.js';
import { lines } from './schema.js';

export { owedOn } from './interest.js';
export {
  claims as enforcementClaims,
  distributions,
  facilities,
  saleParts,
  sales,
} from './keys.js';
export { isLive as isLiveFacility } from './lifecycle.js';
export { cashToCure } from './ltv.js';
export type { Facility } from './schema.js';

/** What the API may ask of facilities. */
export const queries = {
  /** Live facilities whose last valuation crossed a line, largest shortfall first in a page. */
  ltvBreaches: query({
    params: z.strictObject({ line: z.enum(lines), ...pageFields }),
    run: async (reader, { line, after, limit }) => {
      const index = { name: 'line', value: line };
      const page = after === undefined ? { index, limit } : { index, after, limit };
      const found = await reader.list(facilities, page);
      const breaches = found
        .map(({ record }) => record)
        .filter((one) => isLive(one.state))
        .map((one) => ({
          facility: one.id,
          state: one.state,
          debtMinor: one.valuation?.debtMinor ?? 0n,
          valueMinor: one.valuation?.valueMinor ?? 0n,
          shortfallMinor: one.marginCall?.cureCashMinor ?? 0n,
        }))
        .sort((a, b) => compareBigint(b.shortfallMinor, a.shortfallMinor));
      return {
        data: { breaches, next: found.length === limit ? found.at(-1)?.id : undefined },
        proofRef: breaches.map((one) => stateKey(facilities, [one.facility])),
      };
    },
  }),
} as const;

function compareBigint(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
