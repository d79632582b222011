import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { claimProblem, freshIdProblem, runningProblem } from '../guards.js';
import { createClaim, loadClaim, saveClaim } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The holder replaces a claim by several that add up to it (D1). */
export const split = command({
  who: 'anyone',
  params: commandSchemas.split,
  verify: (context, { id, expectedVersion, parts }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.holder];
        return claimProblem(context, { id, signers, states: ['ACTIVE'], expectedVersion });
      },
      () => runningProblem(context, id),
      () => {
        const ids = parts.map((part) => part.id);
        return freshIdProblem(context, ids);
      },
      () => (parts.every((part) => part.minor > 0n) ? OK : status('amount_must_be_positive')),
      () => {
        const sum = parts.reduce((total, part) => total + part.minor, 0n);
        const conserved = sum === loadClaim(context, id).face.minor;
        return conserved ? OK : status('split_does_not_conserve_value');
      },
    ),
  execute: (context, { id, parts }) => {
    const claim = loadClaim(context, id);
    const children = parts.map((part) => part.id);
    saveClaim(context, { ...claim, state: 'SPLIT', children }, 'claim.split', { children });
    for (const part of parts) {
      const face = { ...claim.face, minor: part.minor };
      createClaim(context, { ...claim, id: part.id, parents: [id], face, version: 1 });
    }
    return OK;
  },
});
