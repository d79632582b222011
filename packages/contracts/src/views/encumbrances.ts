import { z } from 'zod';
import { query } from '../defineContract.js';
import { loadRankCase, rank } from '../lien/internal.js';
import { liens } from '../lien/queries.js';
import { readThrough } from '../readThrough.js';
import { isStatus } from '../status.js';

const objectIdSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);

/**
 * The liens that meet on an asset in order of right, with their articles. Without any, the keys
 * read are those whose absence proves that nothing encumbers it.
 */
export const encumbrances = query({
  params: z.strictObject({ asset: objectIdSchema }),
  run: async (reader, { asset }) => {
    const { value, keys } = await readThrough(reader, (view) => loadRankCase(view, asset));
    if (isStatus(value)) return { data: { asset, items: [], problem: value.code }, proofRef: keys };
    const { groups, excluded, flags, ruleSet } = rank(value);
    const items = [];
    for (const [index, group] of groups.entries()) {
      for (const id of group.lienIds) {
        const lien = await reader.get(liens, id);
        const { sharing, basis, articles } = group;
        const known = lien === undefined ? {} : factsOf(lien);
        items.push({ rank: index + 1, lien: id, sharing, basis, articles, ...known });
      }
    }
    const free = value.liens.length === 0;
    return { data: { asset, items, excluded, flags, ruleSet, free }, proofRef: keys };
  },
});

function factsOf(lien: {
  readonly class: string;
  readonly holder: string;
  readonly grantor: string;
  readonly state: string;
  readonly securedMax: object;
  readonly debtRef: string;
}) {
  const { class: lienClass, holder, grantor, state, securedMax, debtRef } = lien;
  return { class: lienClass, holder, grantor, state, securedMax, debtRef };
}
