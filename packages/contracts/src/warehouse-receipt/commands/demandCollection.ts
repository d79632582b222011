import { nextBusinessDay, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { holidaysAt } from '../../holidays.js';
import { firstProblem } from '../../params.js';
import { keeperProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { loadReceipt, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** After the storage period the keeper asks the holder to take the goods within a time (916). */
export const demandCollection = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.demand_collection,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion, days } = params;
    const running = context.day <= receipt.items.storagePeriod.to;
    return firstProblem(
      () => keeperProblem(context, receipt, expectedVersion),
      () => (running ? status('storage_period_running') : OK),
      () => {
        const fewest = context.parameter<number>('collectionDemandDaysMin');
        return days >= fewest ? OK : status('demand_period_running');
      },
    );
  },
  execute: (context, { id, days }) => {
    const holidays = new Set(holidaysAt(context));
    const until = nextBusinessDay(context.day + days, holidays);
    const demand = { at: context.timeMs, until };
    const { version } = saveReceipt(context, { ...loadReceipt(context, id), demand });
    context.emit('receipt.collection_demanded', id, { version, until });
    return OK;
  },
});
