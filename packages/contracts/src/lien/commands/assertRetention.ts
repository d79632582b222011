import {
  nextBusinessDay,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { holidaysAt } from '../../holidays.js';
import { firstProblem } from '../../params.js';
import { findParty } from '../../party-registry/internal.js';
import { findLot, findReceipt } from '../../warehouse-receipt/internal.js';
import { findLien } from '../internal.js';
import { createLien, joinProblem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.assert_retention>;

/** The debtor's time to pay where none was agreed (453). */
const DEBTOR_MAY_PAY_DAYS = 60;

/**
 * Who lawfully has the debtor's goods keeps them for a due debt: of the same legal relation, or
 * any between enterprises (447, 448). It needs no registration and lasts while possession lasts.
 */
export const assertRetention = command({
  who: 'anyone',
  params: commandSchemas.assert_retention,
  verify: (context, params) =>
    firstProblem(
      () => (findLien(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => (isKnown(context, params) ? OK : status('reference_not_found')),
      () => availability(context, params),
      () => (params.securedMax.minor > 0n ? OK : status('amount_must_be_positive')),
      () => joinProblem(context, params.asset.id, { exclusive: false }),
    ),
  execute: (context, params) => {
    const debtor = debtorOf(context, params);
    if (debtor === undefined) return status('retention_not_available');
    const { basis, evidence, perishable, agreedDays = DEBTOR_MAY_PAY_DAYS, ...terms } = params;
    const holidays = new Set(holidaysAt(context));
    const debtorMayPayUntil = nextBusinessDay(context.day + agreedDays, holidays);
    const { sender: holder, timeMs: controlAt } = context;
    const lien = {
      ...terms,
      class: 'RETENTION' as const,
      grantor: debtor,
      holder,
      exclusive: false,
      retention: { basis, evidence, perishable, debtorMayPayUntil },
      publicity: { possession: true, controlAt, controlBy: holder },
    };
    createLien(context, lien, { contests: true });
    return OK;
  },
});

function isKnown(context: ReadContext, { asset }: Params): boolean {
  const found = asset.kind === 'receipt' ? findReceipt(context, asset.id) : undefined;
  return found !== undefined || (asset.kind === 'lot' && findLot(context, asset.id) !== undefined);
}

function availability(context: ReadContext, params: Params): Status {
  const { asset, basis } = params;
  const receipt = asset.kind === 'receipt' ? findReceipt(context, asset.id) : undefined;
  const lot = findLot(context, receipt?.lot ?? asset.id);
  const debtor = debtorOf(context, params);
  const hasGoods = lot?.warehouse === context.sender && lot.onHand.value > 0n;
  if (!hasGoods || debtor === undefined) return status('retention_not_available');
  const both = isEnterprise(context, context.sender) && isEnterprise(context, debtor);
  return basis === 'same_legal_relation' || both ? OK : status('retention_not_available');
}

function debtorOf(context: ReadContext, { asset }: Params): PartyId | undefined {
  if (asset.kind === 'receipt') return findReceipt(context, asset.id)?.holder;
  const lot = findLot(context, asset.id);
  return lot?.receipted.value === 0n ? lot.owner : undefined;
}

function isEnterprise(context: ReadContext, party: PartyId): boolean {
  const size = findParty(context, party)?.sizeClass;
  return size !== undefined && size !== 'government' && size !== 'public_institution';
}
