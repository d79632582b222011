import { defineContract } from '../defineContract.js';
import { adjustObligation } from './commands/adjustObligation.js';
import { allocate } from './commands/allocate.js';
import { declarePayer } from './commands/declarePayer.js';
import { recordObligation } from './commands/recordObligation.js';
import { reverseProof } from './commands/reverseProof.js';
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
  },
  internals: {
    record_obligation: recordObligation,
    adjust_obligation: adjustObligation,
    use_proof: useProof,
  },
  statusCodes,
  queries,
});
