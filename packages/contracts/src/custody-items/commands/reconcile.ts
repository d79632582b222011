import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findItem } from '../internal.js';
import { countEntries } from '../keys.js';
import { openStocktakeOf, stocktakeProblem } from '../openStocktakeOf.js';
import { saveStocktake } from '../records.js';
import { commandSchemas, type Difference } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper names every item of the book not found: counted and missing make the book. */
export const reconcile = command({
  who: ['KEEPER'],
  params: commandSchemas.reconcile,
  verify: (context, { vault, missing }) =>
    stocktakeProblem(context, vault, 'OPEN') ?? missingProblem(context, vault, missing) ?? OK,
  execute: (context, { vault, missing }) => {
    const stocktake = openStocktakeOf(context, vault);
    const lost = missing.map((item): Difference => ({ kind: 'missing', item, settled: false }));
    const differences = [...stocktake.differences, ...lost];
    saveStocktake(context, { ...stocktake, differences, state: 'RECONCILED' });
    const { number, counted, bookItems } = stocktake;
    const listed = differences.map(({ kind, item }) => ({ kind, item }));
    const data = { number, counted, bookItems, differences: listed };
    context.emit('stocktake.reconciled', vault, data);
    return OK;
  },
});

function missingProblem(
  context: ReadContext,
  vault: string,
  missing: readonly string[],
): Status | undefined {
  const { number, bookItems, booked, differences } = openStocktakeOf(context, vault);
  for (const id of missing) {
    const item = findItem(context, id);
    const known = item?.vault === vault && item.state === 'IN_VAULT';
    if (!known) return status('reference_not_found');
    const found = context.get(countEntries, vault, String(number), id) !== undefined;
    if (found) return status('item_already_counted');
  }
  const whole = new Set(missing).size === missing.length && booked + missing.length === bookItems;
  if (!whole) return status('stocktake_incomplete');
  const room = differences.length + missing.length <= limits.stocktakeNotesMax;
  return room ? undefined : status('bound_exceeded');
}
