import { receipts } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { amend } from './amend.js';
import { answerRequest } from './answerRequest.js';
import { cancel } from './cancel.js';
import { demandCollection } from './demandCollection.js';
import { deposit } from './deposit.js';
import { expireToken } from './expireToken.js';
import { flagRequest } from './flagRequest.js';
import { freeze } from './freeze.js';
import { gateOut } from './gateOut.js';
import { issue } from './issue.js';
import { merge } from './merge.js';
import { pledge } from './pledge.js';
import { release } from './release.js';
import { reportDamage } from './reportDamage.js';
import { requestInspection } from './requestInspection.js';
import { requestSample } from './requestSample.js';
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
  amend,
  answerRequest,
  demandCollection,
  deposit,
  flagRequest,
  merge,
  reportDamage,
  requestInspection,
  requestSample,
  ...pendingActions('warehouse-receipt'),
} as const;
