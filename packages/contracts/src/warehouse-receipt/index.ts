import { defineContract } from '../defineContract.js';
import { cancel } from './commands/cancel.js';
import { createLot } from './commands/createLot.js';
import { deliverSold } from './commands/deliverSold.js';
import { expireToken } from './commands/expireToken.js';
import { freeze } from './commands/freeze.js';
import { gateIn } from './commands/gateIn.js';
import { gateOut } from './commands/gateOut.js';
import { issue } from './commands/issue.js';
import { pledge } from './commands/pledge.js';
import { release } from './commands/release.js';
import { releasePledges } from './commands/releasePledges.js';
import { split } from './commands/split.js';
import { stateFee } from './commands/stateFee.js';
import { transfer } from './commands/transfer.js';
import { unfreeze } from './commands/unfreeze.js';
import { withdraw } from './commands/withdraw.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
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
    pledge,
    release,
    withdraw,
    gate_out: gateOut,
    expire_token: expireToken,
    state_fee: stateFee,
    cancel,
    freeze,
    unfreeze,
  },
  internals: { release_pledges: releasePledges, deliver_sold: deliverSold },
  statusCodes,
  queries,
});
