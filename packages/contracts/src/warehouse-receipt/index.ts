import { defineContract } from '../defineContract.js';
import { amend } from './commands/amend.js';
import { answerRequest } from './commands/answerRequest.js';
import { cancel } from './commands/cancel.js';
import { count } from './commands/count.js';
import { createLot } from './commands/createLot.js';
import { deliverSold } from './commands/deliverSold.js';
import { demandCollection } from './commands/demandCollection.js';
import { deposit } from './commands/deposit.js';
import { expireToken } from './commands/expireToken.js';
import { flagRequest } from './commands/flagRequest.js';
import { freeze } from './commands/freeze.js';
import { gateIn } from './commands/gateIn.js';
import { gateOut } from './commands/gateOut.js';
import { issue } from './commands/issue.js';
import { merge } from './commands/merge.js';
import { openStocktake } from './commands/openStocktake.js';
import { pledge } from './commands/pledge.js';
import { reconcile } from './commands/reconcile.js';
import { release } from './commands/release.js';
import { releasePledges } from './commands/releasePledges.js';
import { reportDamage } from './commands/reportDamage.js';
import { signStocktake } from './commands/signStocktake.js';
import { split } from './commands/split.js';
import { stateFee } from './commands/stateFee.js';
import { transfer } from './commands/transfer.js';
import { unfreeze } from './commands/unfreeze.js';
import { withdraw } from './commands/withdraw.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { requestOf } from './requestOf.js';
import { statusCodes } from './statusCodes.js';

export const warehouseReceipt = defineContract({
  name: 'warehouse-receipt',
  version: 1,
  tables,
  commands: {
    create_lot: createLot,
    gate_in: gateIn,
    issue,
    transfer,
    split,
    merge,
    amend,
    pledge,
    release,
    withdraw,
    gate_out: gateOut,
    expire_token: expireToken,
    state_fee: stateFee,
    demand_collection: demandCollection,
    deposit,
    request_inspection: requestOf('inspection'),
    request_sample: requestOf('sample'),
    answer_request: answerRequest,
    flag_request: flagRequest,
    report_damage: reportDamage,
    open_stocktake: openStocktake,
    count,
    reconcile,
    sign_stocktake: signStocktake,
    cancel,
    freeze,
    unfreeze,
  },
  internals: { release_pledges: releasePledges, deliver_sold: deliverSold },
  parameters: {
    /** The least time that a demand to take goods away gives (916: a reasonable period). */
    collectionDemandDaysMin: 15,
    /** Days in which the keeper answers a request to inspect or sample (911). */
    requestAnswerDays: 3,
    /** Within these a sale and a sale back are flagged as a pattern. */
    repurchaseDays: 180,
  },
  parameterBounds: {
    collectionDemandDaysMin: { min: 1, max: 366 },
    requestAnswerDays: { min: 1, max: 90 },
    repurchaseDays: { min: 1, max: 3_660 },
  },
  statusCodes,
  queries,
});
