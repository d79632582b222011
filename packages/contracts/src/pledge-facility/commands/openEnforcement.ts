import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { noticesProblem, openEnforcement as open } from '../enforcement.js';
import { openingProblem, roleProblem, stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { loadFacility } from '../loadFacility.js';
import { commandSchemas, type Enforcement, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.open_enforcement>;

/**
 * After default the lender says how the goods are turned into money (410, 436). An agreed price
 * (折价) needs the pledgor's signature. To auction or sell by itself (拍卖, 变卖) the lender needs a
 * private-sale clause (Interp. 45), the pledgor's signature, or a court's order.
 */
export const openEnforcement = countersigned({
  who: ['LENDER'],
  params: commandSchemas.open_enforcement,
  object: (params) => params.id,
  signers: (context, params) => signersOf(loadFacility(context, params.id), params),
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const stands = () => stateProblem(facility.state === 'DEFAULT');
    const asked = {
      opener: facility.lender,
      stands,
      expectedVersion: params.expectedVersion,
      phase,
    };
    return firstProblem(
      () => openingProblem(context, facility, asked),
      () => courtProblem(context, params),
      () => (rightOf(facility, params) === undefined ? status('no_right_of_private_sale') : OK),
      () => noticesProblem(context, facility, params.notices),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const right = rightOf(facility, params);
    if (right === undefined) return status('no_right_of_private_sale');
    const { method, courtOrder, notices } = params;
    const order = right === 'court_order' ? courtOrder : undefined;
    const opening = { cause: 'default', method, right, proceeds: 'prepay' } as const;
    return open(context, params.id, { ...opening, ...order }, notices);
  },
});

/** By whose word the lender may sell this way; undefined when by nobody's. */
function rightOf(facility: Facility, params: Params): Enforcement['right'] | undefined {
  if (params.pledgorSigns) return 'pledgor_signed';
  if (params.method === 'agreed_price') return undefined;
  if (facility.privateSaleAgreed) return 'agreed';
  return params.courtOrder === undefined ? undefined : 'court_order';
}

function signersOf(facility: Facility, params: Params): readonly PartyId[] {
  const right = rightOf(facility, params);
  if (right === 'pledgor_signed') return [facility.pledgor];
  return right === 'court_order' && params.courtOrder !== undefined
    ? [params.courtOrder.court]
    : [];
}

function courtProblem(context: ReadContext, { courtOrder }: Params): Status {
  return courtOrder === undefined ? OK : roleProblem(context, courtOrder.court, 'COURT');
}
