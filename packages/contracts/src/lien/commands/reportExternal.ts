import { dayFromTime, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findLot, findReceipt } from '../../warehouse-receipt/internal.js';
import { findLien } from '../internal.js';
import { registrations } from '../keys.js';
import { createLien, joinProblem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.report_external>;

/**
 * A lien that was made outside this ledger is recorded on evidence, even where it conflicts: such
 * conflicts are what `rank` resolves. Who only says so cannot burden another's goods: the register's
 * gateway, a court, a regulator report it.
 */
export const reportExternal = command({
  who: ['REGISTRY', 'COURT', 'REGULATOR'],
  params: commandSchemas.report_external,
  verify: (context, params) =>
    firstProblem(
      () => (findLien(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => assetProblem(context, params),
      () => (params.grantor === params.holder ? status('parties_must_differ') : OK),
      () => (params.securedMax.minor > 0n ? OK : status('amount_must_be_positive')),
      () => timeProblem(context, params),
      () => numberProblem(context, params),
      () => joinProblem(context, params.asset.id, { exclusive: false }),
    ),
  execute: (context, params) => {
    const { evidence, ...terms } = params;
    const external = { evidence, reportedBy: context.sender };
    const { registrationNo } = params.publicity;
    const { grantor, holder, debtRef } = params;
    if (registrationNo !== undefined) {
      context.put(registrations, [registrationNo], { grantor, holder, debtRef });
    }
    createLien(context, { ...terms, external, exclusive: false }, { contests: true });
    return OK;
  },
});

function assetProblem(context: ReadContext, { asset, covers, grantor }: Params): Status {
  const { kind, id } = asset;
  if (kind === 'stock') {
    return covers !== undefined && id === grantor ? OK : status('class_does_not_fit_asset');
  }
  if (covers !== undefined) return status('class_does_not_fit_asset');
  const missing =
    (kind === 'receipt' && findReceipt(context, id) === undefined) ||
    (kind === 'lot' && findLot(context, id) === undefined);
  return missing ? status('reference_not_found') : OK;
}

function timeProblem(context: ReadContext, { publicity }: Params): Status {
  const { registeredAt = 0, controlAt = 0, noticeAt = 0, deliveredOn = 0 } = publicity;
  const latest = Math.max(registeredAt, controlAt, noticeAt);
  const past = latest <= context.timeMs && deliveredOn <= dayFromTime(context.timeMs);
  return past ? OK : status('publicity_time_in_future');
}

function numberProblem(context: ReadContext, params: Params): Status {
  const { registrationNo } = params.publicity;
  if (registrationNo === undefined) return OK;
  const filed = context.get(registrations, registrationNo);
  const own =
    filed === undefined ||
    (filed.grantor === params.grantor &&
      filed.holder === params.holder &&
      filed.debtRef === params.debtRef);
  return own ? OK : status('registration_number_reused');
}
