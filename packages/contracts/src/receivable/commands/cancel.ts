import { OK } from '@triflow/protocol';
import { clearRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { inTurn } from '../../status.js';
import { claimProblem } from '../guards.js';
import { pendingStateOf } from '../lifecycle.js';
import { allocateBack } from '../partsOfInvoices.js';
import { addToRoot, holdClaim, loadClaim, loadRoot, saveClaim, useCredit } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Creditor and debtor call a claim off while all of it is with the original creditor and nothing
 * lies on it. The invoice is owed again; the confirmation stays on record (D9).
 */
export const cancel = countersigned({
  who: 'anyone',
  params: commandSchemas.cancel,
  object: ({ id }) => id,
  signers: (context, { id }) => [loadClaim(context, id).debtor],
  verify: (context, { id, expectedVersion }, phase) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.holder];
        const states = ['PROPOSED', 'ACTIVE'] as const;
        return claimProblem(context, { id, signers, states, expectedVersion, phase });
      },
      () => {
        const claim = loadClaim(context, id);
        const moved = loadRoot(context, claim).movedMinor > 0n;
        return moved ? status('claim_has_moved') : OK;
      },
    ),
  hold: holdClaim(pendingStateOf.cancel),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const confirmed = claim.state === 'ACTIVE';
    const { minor } = claim.face;
    const parts = allocateBack(loadRoot(context, claim), minor);
    saveClaim(context, { ...claim, state: 'CANCELLED' }, 'claim.cancelled');
    addToRoot(context, claim, { cancelledMinor: minor });
    if (confirmed) useCredit(context, claim, -minor);
    return inTurn(
      () => clearRecordAlert(context, 'LATE_CONFIRM', id),
      ...parts.map((part) => () => {
        const [proposedBy, voucheredBy] = confirmed ? [0n, -part.minor] : [-part.minor, 0n];
        return context.call('purchase-order', 'voucher', {
          id: part.invoice,
          proposedBy,
          voucheredBy,
        });
      }),
    );
  },
});
