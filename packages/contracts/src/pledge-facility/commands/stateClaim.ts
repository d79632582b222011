import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLien, type Lien, lienFor, secures } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { enforcementProblem, otherLiens } from '../enforcement.js';
import { findFacility } from '../internal.js';
import { claims } from '../keys.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';

/** Another creditor with a lien on the goods says what it is owed, so that its turn is right. */
export const stateClaim = command({
  who: 'anyone',
  params: commandSchemas.state_claim,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    const lien = findLien(context, params.lien);
    if (facility === undefined || lien === undefined) return status('object_not_found');
    const own = secures(lien, facility);
    return firstProblem(
      () => (lien.holder === context.sender ? OK : status('signer_not_party_to_object')),
      () => enforcementProblem(facility),
      () => (own ? status('claim_belongs_to_facility') : OK),
      () => burdenProblem(context, facility, lien),
    );
  },
  execute: (context, params) => {
    const { id, costsMinor, interestMinor, principalMinor, evidence } = params;
    const lien = findLien(context, params.lien);
    if (lien === undefined) return status('object_not_found');
    const { debtRef, holder } = lien;
    const paidMinor = context.get(claims, id, holder, debtRef)?.paidMinor ?? 0n;
    const stated = { costsMinor, interestMinor, principalMinor, evidence, at: context.timeMs };
    context.put(claims, [id, holder, debtRef], {
      facility: id,
      debtRef,
      holder,
      stated,
      paidMinor,
    });
    const sums = { costsMinor, interestMinor, principalMinor };
    context.emit('claim.stated', id, { lien: lien.id, holder, debtRef, ...sums });
    return OK;
  },
});

/** The lien lies on goods of this facility, sold or not. */
function burdenProblem(context: ReadContext, facility: Facility, lien: Lien): Status {
  const beside = lienFor(context, lien.asset.id, facility) !== undefined;
  const burdens = beside || otherLiens(context, facility).includes(lien.id);
  return burdens ? OK : status('reference_not_found');
}
