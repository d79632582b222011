import { defineContract } from '../defineContract.js';
import { checkOut } from './commands/checkOut.js';
import { count } from './commands/count.js';
import { enrol } from './commands/enrol.js';
import { freeze } from './commands/freeze.js';
import { handOver } from './commands/handOver.js';
import { markOverdue } from './commands/markOverdue.js';
import { openStocktake } from './commands/openStocktake.js';
import { openVault } from './commands/openVault.js';
import { putIn } from './commands/putIn.js';
import { reconcile } from './commands/reconcile.js';
import { register } from './commands/register.js';
import { releaseFinal } from './commands/releaseFinal.js';
import { returnIn } from './commands/returnIn.js';
import { settleDifference } from './commands/settleDifference.js';
import { sign } from './commands/sign.js';
import { unfreeze } from './commands/unfreeze.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const custodyItems = defineContract({
  name: 'custody-items',
  version: 1,
  tables,
  commands: {
    open_vault: openVault,
    enrol,
    register,
    put_in: putIn,
    return_in: returnIn,
    check_out: checkOut,
    release_final: releaseFinal,
    mark_overdue: markOverdue,
    hand_over: handOver,
    open_stocktake: openStocktake,
    count,
    reconcile,
    sign,
    settle_difference: settleDifference,
    freeze,
    unfreeze,
  },
  statusCodes,
  queries,
});
