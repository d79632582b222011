import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { hasRole, isActive } from '../../party-registry/internal.js';
import { findLot } from '../internal.js';
import { stocktakeBooks, stocktakes } from '../keys.js';
import { loadLot, saveLot } from '../records.js';
import { commandSchemas, type Lot } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A count of a lot is opened over the books as they stand at this height. A supervisor or lender
 * may come at any time; the counter is not the keeper. One left unfinished makes room after the
 * time that signatures have.
 */
export const openStocktake = command({
  who: ['SUPERVISOR', 'LENDER', 'WAREHOUSE'],
  params: commandSchemas.open_stocktake,
  verify: (context, { id, counter }) => {
    const lot = findLot(context, id);
    if (lot === undefined) return status('object_not_found');
    return firstProblem(
      () => openerProblem(context, lot),
      () => otherOpenProblem(context, lot),
      () => (isActive(context, counter) ? OK : status('party_not_active')),
      () => (counter === lot.warehouse ? status('counter_is_keeper') : OK),
    );
  },
  execute: (context, { id, counter, blind }) => {
    const lot = loadLot(context, id);
    const number = lot.stocktakes + 1;
    const { sender: openedBy, timeMs: openedAt, height } = context;
    const head = { lot: id, number, openedBy, openedAt, height, counter, blind };
    context.put(stocktakes, [id, String(number)], { ...head, state: 'OPEN', signedBy: [] });
    context.put(stocktakeBooks, [id, String(number)], {
      onHand: lot.onHand.value,
      receipted: lot.receipted.value,
      opening: lot.opening.onHand,
      weighedIn: lot.weighedIn - lot.opening.weighedIn,
      weighedOut: lot.weighedOut - lot.opening.weighedOut,
    });
    const { version } = saveLot(context, { ...lot, stocktakes: number, openStocktake: number });
    context.emit('stocktake.opened', id, { version, stocktake: number, counter, blind, openedBy });
    return OK;
  },
});

function openerProblem(context: ReadContext, lot: Lot): Status {
  const { sender } = context;
  const outside = hasRole(context, sender, 'SUPERVISOR') || hasRole(context, sender, 'LENDER');
  return outside || lot.warehouse === sender ? OK : status('signer_not_party_to_object');
}

function otherOpenProblem(context: ReadContext, lot: Lot): Status {
  if (lot.openStocktake === undefined) return OK;
  const other = context.get(stocktakes, lot.id, String(lot.openStocktake));
  const fresh = other !== undefined && context.timeMs <= other.openedAt + limits.pendingMs;
  return fresh ? status('stocktake_open') : OK;
}
