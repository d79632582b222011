import { orders } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { acceptOrder } from './acceptOrder.js';
import { amend } from './amend.js';
import { cancel } from './cancel.js';
import { closeShort } from './closeShort.js';
import { endOrderFinance } from './endOrderFinance.js';
import { financeOrder } from './financeOrder.js';
import { issueOrder } from './issueOrder.js';
import { rejectOrder } from './rejectOrder.js';

/** Purchase orders (contract purchase-order). */
export const orderActions = {
  get: getter(orders),
  list: lister(orders),
  waitFor: waiter(orders),
  issueOrder,
  acceptOrder,
  rejectOrder,
  amend,
  cancel,
  closeShort,
  financeOrder,
  endOrderFinance,
  ...pendingActions('purchase-order'),
} as const;
