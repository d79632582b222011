import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { findParty } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { lenderAndKeeper, reissueProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdReceipt, loadLot, loadReceipt } from '../records.js';
import { reissue, reissueBoundProblem } from '../reissue.js';
import { commandSchemas, type Receipt, type StatutoryItems } from '../schema.js';
import { status } from '../statusCodes.js';
import { completeItems } from '../statutoryItems.js';

type Params = z.infer<typeof commandSchemas.amend>;

/**
 * A receipt is never rewritten: it is surrendered and one with other terms issued for the same
 * goods, which names the old one. Holder, lender if pledged, and keeper sign (R10).
 */
export const amend = countersigned({
  who: 'anyone',
  params: commandSchemas.amend,
  object: (params) => params.id,
  signers: lenderAndKeeper,
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion, reissuedAs } = params;
    return firstProblem(
      () => reissueProblem(context, receipt, { phase, expectedVersion }),
      () => (findReceipt(context, reissuedAs) === undefined ? OK : status('id_already_exists')),
      () => itemsProblem(context, receipt, params),
      () => boundProblem(context, receipt),
    );
  },
  hold: holdReceipt(pendingStateOf.amend),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const items = itemsOf(context, receipt, params);
    if (items === undefined) return status('statutory_item_missing');
    const { quantity, slots } = receipt;
    const { inspection = receipt.inspection, reissuedAs: id } = params;
    return reissue(context, [receipt], 'REPLACED', [{ id, quantity, items, slots, inspection }]);
  },
});

/** Goods and pieces stay what they are; everything else may be stated anew, complete (909). */
function itemsProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  const items = itemsOf(context, receipt, params);
  if (items === undefined) return status('statutory_item_missing');
  const same = items.goods.pieces === receipt.items.goods.pieces;
  if (!same) return status('split_does_not_conserve_quantity');
  const { from, to } = items.storagePeriod;
  return from <= to && to >= context.day ? OK : status('storage_period_invalid');
}

function itemsOf(
  context: ReadContext,
  receipt: Receipt,
  params: Params,
): StatutoryItems | undefined {
  const issuer = findParty(context, receipt.warehouse)?.name ?? receipt.items.issue.issuer;
  return completeItems(params.items, { issuer, day: context.day });
}

function boundProblem(context: ReadContext, receipt: Receipt): Status {
  const lot = loadLot(context, receipt.lot);
  return reissueBoundProblem(context, lot, receipt, { closed: 1, opened: 1 });
}
