import { type CborMap, isStorable, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { isEncumbered } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { holderProblem, type Phase, reissueProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdReceipt, loadReceipt } from '../records.js';
import { reissue } from '../reissue.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.merge>;

const TERMS_DOMAIN = 'triflow/receipt-terms/1';
const hold = holdReceipt(pendingStateOf.merge);

/** The keeper replaces free receipts of one lot, grade and terms by one for their sum (E4). */
export const merge = countersigned({
  who: 'anyone',
  params: commandSchemas.merge,
  object: (params) => params.id,
  signers: (context, params) => [loadReceipt(context, params.parts[0]?.id ?? '').warehouse],
  verify: (context, params, phase) =>
    firstProblem(
      () => (findReceipt(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => partsProblem(context, params, phase),
      () => termsProblem(context, params),
    ),
  hold: {
    open: (context, params) => {
      for (const part of params.parts) hold.open(context, part);
    },
    restore: (context, params) => {
      for (const part of params.parts) hold.restore(context, part);
    },
  },
  execute: (context, params) => {
    const [first, ...rest] = params.parts.map((part) => loadReceipt(context, part.id));
    if (first === undefined) return status('object_not_found');
    const former = [first, ...rest] as const;
    const value = former.reduce((sum, { quantity }) => sum + quantity.value, 0n);
    const pieces = former.reduce((sum, { items }) => sum + items.goods.pieces, 0);
    const items = { ...first.items, goods: { ...first.items.goods, pieces } };
    const slots = former.flatMap((receipt) => receipt.slots);
    const quantity = { ...first.quantity, value };
    return reissue(context, [first, ...rest], 'MERGED', [
      { id: params.id, quantity, items, slots },
    ]);
  },
});

function partsProblem(context: ReadContext, params: Params, phase: Phase): Status {
  const ids = new Set(params.parts.map((part) => part.id));
  if (ids.size < params.parts.length) return status('receipts_not_mergeable');
  for (const { id, expectedVersion } of params.parts) {
    const receipt = findReceipt(context, id);
    if (receipt === undefined) return status('object_not_found');
    const problem = firstProblem(
      () => holderProblem(context, receipt, { phase, states: ['FREE'], expectedVersion }),
      () => reissueProblem(context, receipt, { phase, expectedVersion }),
    );
    if (problem.number !== 0) return problem;
  }
  return OK;
}

/** One lot (so one grade), one holder, equal terms, no lien; sum and pieces can be written. */
function termsProblem(context: ReadContext, params: Params): Status {
  const parts = params.parts.map((part) => loadReceipt(context, part.id));
  const terms = new Set(parts.map((part) => termsOf(context, part)));
  const burdened = parts.some(({ id }) => isEncumbered(context, id));
  if (terms.size !== 1 || burdened) return status('receipts_not_mergeable');
  const sum = parts.reduce((total, { quantity }) => total + quantity.value, 0n);
  const pieces = parts.reduce((total, { items }) => total + items.goods.pieces, 0);
  const fits = isStorable(sum) && Number.isSafeInteger(pieces);
  return fits ? OK : status('amount_out_of_range');
}

function termsOf(context: ReadContext, receipt: Receipt): string {
  const { goods, issue, ...items } = receipt.items;
  const { pieces: _pieces, ...kind } = goods;
  const { day: _day, ...place } = issue;
  const { lot, holder } = receipt;
  const terms: CborMap = { ...items, goods: kind, issue: place };
  return context.digest(TERMS_DOMAIN, { lot, holder, terms });
}
