import { OK, type Quantity, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { valueAtScale } from '../../quantityAtScale.js';
import { findLot } from '../internal.js';
import { stocktakes } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { currentStocktake } from '../stocktaking.js';

/** The counter says what is there, as of the opening; nothing may be there, too. */
export const count = command({
  who: 'anyone',
  params: commandSchemas.count,
  verify: (context, { id, stocktake, counted }) => {
    const found = currentStocktake(context, id, stocktake);
    const lot = findLot(context, id);
    if (found === undefined || lot === undefined) return status('object_not_found');
    return firstProblem(
      () => (found.counter === context.sender ? OK : status('signer_not_party_to_object')),
      () => (found.state === 'OPEN' ? OK : status('state_forbids_command')),
      () => {
        const value = countedValue(lot.onHand, counted);
        return typeof value === 'bigint' ? OK : value;
      },
    );
  },
  execute: (context, { id, stocktake, counted, evidence }) => {
    const found = currentStocktake(context, id, stocktake);
    const lot = findLot(context, id);
    if (found === undefined || lot === undefined) return status('object_not_found');
    const value = countedValue(lot.onHand, counted);
    if (typeof value !== 'bigint') return value;
    const changed = { ...found, state: 'COUNTED' as const, counted: value, evidence };
    context.put(stocktakes, [id, String(stocktake)], changed);
    context.emit('stocktake.counted', id, { stocktake, counted: value, evidence });
    return OK;
  },
});

function countedValue(line: Quantity, counted: Quantity): bigint | Status {
  const nothing = counted.value === 0n && counted.unit === line.unit;
  return nothing ? 0n : valueAtScale(line, counted);
}
