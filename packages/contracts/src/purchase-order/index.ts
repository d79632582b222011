import { defineContract } from '../defineContract.js';
import { acceptDelivery } from './commands/acceptDelivery.js';
import { acceptOrder } from './commands/acceptOrder.js';
import { amend } from './commands/amend.js';
import { cancel } from './commands/cancel.js';
import { closeShort } from './commands/closeShort.js';
import { confirmInvoice } from './commands/confirmInvoice.js';
import { creditNote } from './commands/creditNote.js';
import { dispute } from './commands/dispute.js';
import { endOrderFinance } from './commands/endOrderFinance.js';
import { financeOrder } from './commands/financeOrder.js';
import { handOver } from './commands/handOver.js';
import { issueOrder } from './commands/issueOrder.js';
import { match } from './commands/match.js';
import { registerInvoice } from './commands/registerInvoice.js';
import { rejectOrder } from './commands/rejectOrder.js';
import { resolve } from './commands/resolve.js';
import { ship } from './commands/ship.js';
import { voucher } from './commands/voucher.js';
import { tables } from './keys.js';
import { parameterBounds, parameters } from './parameters.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const purchaseOrder = defineContract({
  name: 'purchase-order',
  version: 1,
  tables,
  commands: {
    issue_order: issueOrder,
    accept_order: acceptOrder,
    reject_order: rejectOrder,
    amend,
    cancel,
    close_short: closeShort,
    finance_order: financeOrder,
    end_order_finance: endOrderFinance,
    ship,
    hand_over: handOver,
    accept_delivery: acceptDelivery,
    register_invoice: registerInvoice,
    match,
    confirm_invoice: confirmInvoice,
    dispute,
    resolve,
    credit_note: creditNote,
  },
  internals: { voucher },
  statusCodes,
  parameters,
  parameterBounds,
  queries,
});
