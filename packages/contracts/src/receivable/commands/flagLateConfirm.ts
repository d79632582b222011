import { dayFromTime, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { claimProblem } from '../guards.js';
import { loadClaim, loadRoot, saveClaim, withFlags } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { isConfirmLate } from '../terms.js';

/** Anyone notes that a confirmation asked for 30 days ago was not given (SME 15). */
export const flagLateConfirm = command({
  who: 'anyone',
  params: commandSchemas.flag_late_confirm,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['PROPOSED'] }),
      () => {
        const { requestedAt } = loadRoot(context, { root: id });
        const late = isConfirmLate(context, dayFromTime(requestedAt));
        return late ? OK : status('deadline_not_reached');
      },
      () => {
        const raised = loadClaim(context, id).flags.includes('LATE_CONFIRM');
        return raised ? status('flag_already_raised') : OK;
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const flags = withFlags(claim.flags, 'LATE_CONFIRM');
    saveClaim(context, { ...claim, flags }, 'claim.late_confirm', { debtor: claim.debtor, flags });
    const refs = [claim.originalCreditor];
    const sign = { kind: 'LATE_CONFIRM', asset: id, owner: claim.debtor, refs } as const;
    return raiseRecordAlert(context, sign);
  },
});
