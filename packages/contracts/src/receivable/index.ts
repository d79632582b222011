import { defineContract } from '../defineContract.js';
import { abandon } from './commands/abandon.js';
import { acknowledgeNotice } from './commands/acknowledgeNotice.js';
import { cancel } from './commands/cancel.js';
import { completeFinance } from './commands/completeFinance.js';
import { completeRecourse } from './commands/completeRecourse.js';
import { confirm } from './commands/confirm.js';
import { exerciseRecourse } from './commands/exerciseRecourse.js';
import { finance } from './commands/finance.js';
import { flagLateConfirm } from './commands/flagLateConfirm.js';
import { freeze } from './commands/freeze.js';
import { issue } from './commands/issue.js';
import { markOverdue } from './commands/markOverdue.js';
import { mature } from './commands/mature.js';
import { notifyDebtor } from './commands/notifyDebtor.js';
import { pledge } from './commands/pledge.js';
import { recordKnowledge } from './commands/recordKnowledge.js';
import { recordRegistration } from './commands/recordRegistration.js';
import { redeem } from './commands/redeem.js';
import { release } from './commands/release.js';
import { setCreditLine } from './commands/setCreditLine.js';
import { split } from './commands/split.js';
import { transfer } from './commands/transfer.js';
import { unfreeze } from './commands/unfreeze.js';
import { tables } from './keys.js';
import { parameterBounds, parameters } from './parameters.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const receivable = defineContract({
  name: 'receivable',
  version: 1,
  tables,
  commands: {
    set_credit_line: setCreditLine,
    issue,
    confirm,
    cancel,
    split,
    transfer,
    finance,
    record_registration: recordRegistration,
    complete_finance: completeFinance,
    pledge,
    abandon,
    release,
    notify_debtor: notifyDebtor,
    acknowledge_notice: acknowledgeNotice,
    mature,
    mark_overdue: markOverdue,
    exercise_recourse: exerciseRecourse,
    complete_recourse: completeRecourse,
    redeem,
    flag_late_confirm: flagLateConfirm,
    freeze,
    unfreeze,
    record_knowledge: recordKnowledge,
  },
  statusCodes,
  parameters,
  parameterBounds,
  queries,
});
