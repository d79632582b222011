import { isOk, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { claimProblem, encumbranceProblem, hasExclusiveLien } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { areAffiliated } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { facilityTerms, pledgeProblem } from '../../pledge-facility/internal.js';
import { holderSigns, movableProblem, versionProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdReceipt, loadLot, loadReceipt, saveReceipt } from '../records.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.pledge>;

/**
 * Endorsed pledge of a receipt (441): holder, lender, keeper. It names the facility whose debt it
 * secures and makes the one exclusive lien in the same transaction, so that no asset ever backs
 * two claims.
 */
export const pledge = countersigned({
  who: 'anyone',
  params: commandSchemas.pledge,
  object: (params) => params.id,
  signers: (context, params) => {
    const terms = facilityTerms(context, params.facility);
    const { warehouse } = loadReceipt(context, params.id);
    return terms === undefined ? [warehouse] : [terms.lender, warehouse];
  },
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    return firstProblem(
      () => holderSigns(context, receipt, phase),
      () => movableProblem(context, receipt),
      () => encumbranceProblem(context, receipt.id, receipt.lot),
      () => (receipt.state === 'FREE' ? OK : status('receipt_not_free')),
      () => versionProblem(receipt, params.expectedVersion, phase),
      () => lineageProblem(context, receipt, params),
      () => pledgeProblem(context, params.facility, receipt.holder),
      () => affiliationProblem(context, receipt, params),
      () => soundProblem(context, receipt),
    );
  },
  hold: holdReceipt(pendingStateOf.pledge),
  execute: (context, params) => {
    const terms = facilityTerms(context, params.facility);
    if (terms === undefined) return status('reference_not_found');
    const receipt = loadReceipt(context, params.id);
    const id = context.newId('ln');
    const made = createLien(context, receipt, { ...params, lien: id, ...terms });
    if (!isOk(made)) return made;
    const { lender, maturity } = terms;
    const { facility } = params;
    const pledged = { ...receipt, state: 'PLEDGED' as const, lien: id, lender, facility };
    const { version } = saveReceipt(context, pledged);
    const endsFirst = receipt.items.storagePeriod.to < maturity;
    context.emit('receipt.pledged', receipt.id, {
      version,
      state: 'PLEDGED',
      lien: id,
      lender,
      facility,
      pledgor: receipt.holder,
      flags: endsFirst ? ['term_mismatch'] : [],
    });
    return OK;
  },
});

/**
 * No other financing may hold these goods, at this stage or an earlier one that is named (L1,
 * L2); what the lender itself financed earlier moves into the pledge.
 */
function lineageProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  const { lineage } = loadLot(context, receipt.lot);
  const charged = lineage.some((stage) => hasExclusiveLien(context, stage));
  if (charged) return status('already_financed');
  const holder = facilityTerms(context, params.facility)?.lender;
  if (holder === undefined) return OK;
  const held = claimProblem(context, { stage: receipt.id, by: receipt.id, holder });
  return held.code === 'already_financed' ? status('already_financed') : held;
}

/** No new pledge of what is short or past its storage period. */
function soundProblem(context: ReadContext, receipt: Receipt): Status {
  if (loadLot(context, receipt.lot).state === 'SHORT') return status('lot_is_short');
  const over = receipt.items.storagePeriod.to < context.day;
  return over ? status('storage_period_over') : OK;
}

/** E6: a keeper close to the pledgor is disclosed, and accepted by the lender's signature. */
function affiliationProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  if (params.affiliationAccepted) return OK;
  const answer = areAffiliated(context, receipt.warehouse, receipt.holder);
  return answer === 'not_affiliated' ? OK : status('affiliation_not_accepted');
}

function createLien(
  context: WriteContext,
  receipt: Receipt,
  terms: { lien: string; lender: string; limit: { minor: bigint; currency: string } } & Params,
): Status {
  return context.call('lien', 'create_exclusive', {
    id: terms.lien,
    asset: { kind: 'receipt', id: receipt.id },
    class: 'PLEDGE_RECEIPT',
    grantor: receipt.holder,
    holder: terms.lender,
    securedMax: { minor: terms.limit.minor, currency: terms.limit.currency },
    debtRef: terms.facility,
    controlBy: receipt.warehouse,
  });
}
