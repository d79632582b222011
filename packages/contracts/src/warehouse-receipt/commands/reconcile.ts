import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findLot } from '../internal.js';
import { stocktakeBooks, stocktakes } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { currentStocktake, verdictOf } from '../stocktaking.js';

/** Count and books are compared by the lot's loss standard: arithmetic, so anyone of them may. */
export const reconcile = command({
  who: 'anyone',
  params: commandSchemas.reconcile,
  verify: (context, { id, stocktake }) => {
    const found = currentStocktake(context, id, stocktake);
    const keeper = findLot(context, id)?.warehouse;
    if (found === undefined || keeper === undefined) return status('object_not_found');
    const parties = [keeper, found.openedBy, found.counter];
    return firstProblem(
      () => (parties.includes(context.sender) ? OK : status('signer_not_party_to_object')),
      () => (found.state === 'COUNTED' ? OK : status('stocktake_not_ready')),
    );
  },
  execute: (context, { id, stocktake }) => {
    const found = currentStocktake(context, id, stocktake);
    const book = context.get(stocktakeBooks, id, String(stocktake));
    const lot = findLot(context, id);
    if (found?.counted === undefined || book === undefined || lot === undefined) {
      return status('object_not_found');
    }
    const answer = verdictOf(book, found.counted, lot.lossStandardBps);
    const changed = { ...found, ...answer, state: 'RECONCILED' as const };
    context.put(stocktakes, [id, String(stocktake)], changed);
    context.emit('stocktake.reconciled', id, { stocktake, ...answer });
    return OK;
  },
});
