import { receipts } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { cancel } from './cancel.js';
import { expireToken } from './expireToken.js';
import { freeze } from './freeze.js';
import { gateOut } from './gateOut.js';
import { issue } from './issue.js';
import { pledge } from './pledge.js';
import { release } from './release.js';
import { split } from './split.js';
import { stateFee } from './stateFee.js';
import { transfer } from './transfer.js';
import { unfreeze } from './unfreeze.js';
import { withdraw } from './withdraw.js';

/** Electronic warehouse receipts (contract warehouse-receipt). */
export const receiptActions = {
  get: getter(receipts),
  list: lister(receipts),
  waitFor: waiter(receipts),
  issue,
  transfer,
  split,
  pledge,
  release,
  withdraw,
  gateOut,
  expireToken,
  stateFee,
  cancel,
  freeze,
  unfreeze,
  ...pendingActions('warehouse-receipt'),
} as const;
