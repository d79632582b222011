import { claims } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { abandon } from './abandon.js';
import { acknowledgeNotice } from './acknowledgeNotice.js';
import { cancel } from './cancel.js';
import { completeFinance } from './completeFinance.js';
import { completeRecourse } from './completeRecourse.js';
import { confirm } from './confirm.js';
import { exerciseRecourse } from './exerciseRecourse.js';
import { finance } from './finance.js';
import { flagLateConfirm } from './flagLateConfirm.js';
import { freeze } from './freeze.js';
import { issue } from './issue.js';
import { markOverdue } from './markOverdue.js';
import { mature } from './mature.js';
import { notifyDebtor } from './notifyDebtor.js';
import { pledge } from './pledge.js';
import { recordKnowledge } from './recordKnowledge.js';
import { recordRegistration } from './recordRegistration.js';
import { redeem } from './redeem.js';
import { release } from './release.js';
import { setCreditLine } from './setCreditLine.js';
import { split } from './split.js';
import { transfer } from './transfer.js';
import { unfreeze } from './unfreeze.js';

/** Claims, or electronic vouchers (contract receivable). */
export const receivableActions = {
  get: getter(claims),
  list: lister(claims),
  waitFor: waiter(claims),
  setCreditLine,
  issue,
  confirm,
  cancel,
  split,
  transfer,
  finance,
  recordRegistration,
  completeFinance,
  pledge,
  abandon,
  release,
  notifyDebtor,
  acknowledgeNotice,
  mature,
  markOverdue,
  exerciseRecourse,
  completeRecourse,
  redeem,
  flagLateConfirm,
  freeze,
  unfreeze,
  recordKnowledge,
  ...pendingActions('receivable'),
} as const;
