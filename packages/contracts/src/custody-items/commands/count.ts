import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { findItem } from '../internal.js';
import { countEntries } from '../keys.js';
import { openStocktakeOf, stocktakeProblem } from '../openStocktakeOf.js';
import { saveStocktake } from '../records.js';
import { commandSchemas, type Difference } from '../schema.js';
import { status } from '../statusCodes.js';

type Entry = z.infer<typeof commandSchemas.count>['entries'][number];

/** What the keeper found, slot by slot, up to 256 a command; each item once. */
export const count = command({
  who: ['KEEPER'],
  params: commandSchemas.count,
  verify: (context, { vault, entries }) => {
    const problem = stocktakeProblem(context, vault, 'OPEN');
    if (problem !== undefined) return problem;
    return entriesProblem(context, vault, entries) ?? OK;
  },
  execute: (context, { vault, entries }) => {
    const stocktake = openStocktakeOf(context, vault);
    const { number } = stocktake;
    let booked = 0;
    for (const entry of entries) {
      context.put(countEntries, [vault, String(number), entry.item], { vault, number, ...entry });
      if (isBooked(context, vault, entry)) booked += 1;
    }
    const found = entries.flatMap((entry) => differencesOf(context, vault, entry));
    const counted = stocktake.counted + entries.length;
    saveStocktake(context, {
      ...stocktake,
      counted,
      booked: stocktake.booked + booked,
      differences: [...stocktake.differences, ...found],
    });
    context.emit('stocktake.counted', vault, { number, counted });
    return OK;
  },
});

function entriesProblem(
  context: ReadContext,
  vault: string,
  entries: readonly Entry[],
): Status | undefined {
  const stocktake = openStocktakeOf(context, vault);
  const parts = [vault, String(stocktake.number)] as const;
  const seen = new Set(entries.map((entry) => entry.item));
  const twice =
    seen.size !== entries.length ||
    entries.some((entry) => context.get(countEntries, ...parts, entry.item) !== undefined);
  if (twice) return status('item_already_counted');
  const found = entries.flatMap((entry) => differencesOf(context, vault, entry));
  const room = stocktake.differences.length + found.length <= limits.stocktakeNotesMax;
  return room ? undefined : status('bound_exceeded');
}

function isBooked(context: ReadContext, vault: string, { item }: Entry): boolean {
  const book = findItem(context, item);
  return book?.vault === vault && book.state === 'IN_VAULT';
}

/** Against the book: not in it (extra), in another slot (misplaced), damaged. */
function differencesOf(context: ReadContext, vault: string, entry: Entry): Difference[] {
  const { item, slot, damaged } = entry;
  const settled = false;
  if (!isBooked(context, vault, entry)) return [{ kind: 'extra', item, slot, settled }];
  const found: Difference[] = [];
  if (findItem(context, item)?.slot !== slot) {
    found.push({ kind: 'misplaced', item, slot, settled });
  }
  if (damaged) found.push({ kind: 'damaged', item, slot, settled });
  return found;
}
