import { defineContract } from '../defineContract.js';
import { adjustObligation } from './commands/adjustObligation.js';
import { allocate } from './commands/allocate.js';
import { assignObligation } from './commands/assignObligation.js';
import { declarePayer } from './commands/declarePayer.js';
import { flagLatePayment } from './commands/flagLatePayment.js';
import { meetCondition } from './commands/meetCondition.js';
import { recordNotice } from './commands/recordNotice.js';
import { recordObligation } from './commands/recordObligation.js';
import { reverseProof } from './commands/reverseProof.js';
import { settleObligation } from './commands/settleObligation.js';
import { submitProof } from './commands/submitProof.js';
import { useProof } from './commands/useProof.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const payment = defineContract({
  name: 'payment',
  version: 1,
  tables,
  commands: {
    submit_proof: submitProof,
    allocate,
    reverse_proof: reverseProof,
    declare_payer: declarePayer,
    flag_late_payment: flagLatePayment,
  },
  internals: {
    record_obligation: recordObligation,
    adjust_obligation: adjustObligation,
    use_proof: useProof,
    meet_condition: meetCondition,
    record_notice: recordNotice,
    assign_obligation: assignObligation,
    settle_obligation: settleObligation,
  },
  statusCodes,
  queries,
});
