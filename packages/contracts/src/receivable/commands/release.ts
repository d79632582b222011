import { command } from '../../defineContract.js';
import { inTurn } from '../../status.js';
import { countExposure } from '../exposure.js';
import { claimProblem } from '../guards.js';
import { loadClaim, releaseLien, saveClaim, unburdened } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';

/** The pledgee gives its pledge up. */
export const release = command({
  who: ['LENDER'],
  params: commandSchemas.release,
  verify: (context, { id, expectedVersion }) => {
    const signers = (claim: Claim) => [claim.pledge?.lender];
    return claimProblem(context, { id, signers, states: ['PLEDGED'], expectedVersion });
  },
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const { lien } = claim;
    const freed: Claim = { ...unburdened(claim), state: 'ACTIVE' };
    saveClaim(context, freed, 'claim.released', { lien, lender: context.sender });
    return inTurn(
      () => releaseLien(context, claim),
      () => countExposure(context, claim, -1n),
    );
  },
});
