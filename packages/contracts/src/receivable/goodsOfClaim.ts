import {
  defined,
  divideFloor,
  limits,
  OK,
  type PartyId,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { claimProblem as lineageProblem, quantityAt } from '../lien/internal.js';
import { findInvoice, invoiceGrossMinor, orderFinancier } from '../purchase-order/internal.js';
import { inTurn } from '../status.js';
import { loadRoot } from './records.js';
import type { Claim, Root } from './schema.js';
import { status } from './statusCodes.js';

interface GoodsShare {
  readonly stage: string;
  readonly quantity: Quantity;
}

/**
 * Why the goods behind a claim cannot back a financing of it (L1, L2, O3): another lender finances
 * the order, or holds these goods at a stage of their way.
 */
export function goodsProblem(context: ReadContext, claim: Claim, lender: PartyId): Status {
  const financier = financierOf(context, loadRoot(context, claim));
  if (financier !== undefined && financier !== lender) return status('already_financed');
  const shares = goodsBehind(context, claim);
  if (shares.length > limits.lineagePartsPerReceiptMax) return status('bound_exceeded');
  const taken = shares.some((share) => {
    const wanted = { ...share, by: claim.id, holder: lender };
    return lineageProblem(context, wanted).number !== 0;
  });
  return taken ? status('already_financed') : OK;
}

/** The lien takes hold of the goods; what its lender held by order finance goes over (O3). */
export function holdGoods(
  context: WriteContext,
  claim: Claim,
  lien: { readonly id: string; readonly holder: PartyId },
): Status {
  return inTurn(
    ...goodsBehind(context, claim).map(({ stage, quantity }) => () => {
      const params = { stage, quantity, by: lien.id, holder: lien.holder };
      return context.call('lien', 'claim_goods', params);
    }),
  );
}

/** The lender that finances an order behind a claim, or undefined. */
export function financierOf(context: ReadContext, root: Root): PartyId | undefined {
  const orders = root.invoices.flatMap(
    ({ invoice }) => findInvoice(context, invoice)?.orders ?? [],
  );
  return orderFinancier(context, [...new Set(orders)]);
}

/** A claim's share of the invoiced quantities, where the register of lineage knows the goods. */
function goodsBehind(context: ReadContext, claim: Claim): GoodsShare[] {
  const root = loadRoot(context, claim);
  return root.invoices.flatMap(({ invoice: id, minor }) => {
    const invoice = defined(findInvoice(context, id), 'goods: a claim has its invoices');
    return invoice.lines.flatMap(({ order, lineNo, quantity }) => {
      const stage = `${order}.${lineNo}`;
      if (quantityAt(context, stage)?.unit !== quantity.unit) return [];
      const weight = quantity.value * minor * claim.face.minor;
      const value = divideFloor(weight, invoiceGrossMinor(invoice) * root.face.minor);
      return value > 0n ? [{ stage, quantity: { ...quantity, value } }] : [];
    });
  });
}
