import { OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { claimProblem, quantityAt } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { valueAtScale } from '../../quantityAtScale.js';
import { inTurn, isStatus } from '../../status.js';
import { orders } from '../keys.js';
import { orderToChange } from '../records.js';
import { commandSchemas, type Order, type OrderLine } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.finance_order>;

/**
 * Order finance (订单融资): a lender advances on quantities that are not delivered yet, and the
 * seller signs. The lender's claim on the goods goes over into its finance of the receivable that
 * the delivery brings; nobody else can finance that quantity (O3, L1).
 */
export const financeOrder = countersigned<Params>({
  who: ['LENDER'],
  params: commandSchemas.finance_order,
  object: ({ id }) => id,
  signers: (context, { id }) => [orderToChange(context, id).seller],
  verify: (context, params, phase) => {
    const order = context.get(orders, params.id);
    if (order === undefined) return status('object_not_found');
    const lender = phase === 'open' ? context.sender : undefined;
    return firstProblem(
      () => (lender === order.seller ? status('parties_must_differ') : OK),
      () => (lender === order.buyer ? status('parties_must_differ') : OK),
      () => (order.version === params.expectedVersion ? OK : status('object_version_is_stale')),
      () => (order.state === 'ACCEPTED' ? OK : status('state_forbids_command')),
      () => (order.finance === undefined ? OK : status('already_financed')),
      () => advanceProblem(order, params),
      () => linesProblem(order, params),
      () => (lender === undefined ? OK : lineageProblem(context, params, lender)),
    );
  },
  execute: (context, params, lender) => {
    const order = orderToChange(context, params.id);
    const id = context.newId('ln');
    const { advance, lines } = params;
    const finance = { id, lender, advance, lines, financedAt: context.timeMs };
    const version = order.version + 1;
    context.put(orders, [order.id], { ...order, finance, version });
    context.emit('order.financed', order.id, { version, lender, advance, lines });
    return inTurn(...params.lines.map((line) => () => holdLine(context, order, line, finance)));
  },
});

/** The stage of an order's line in the register of lineage. */
function stageOf({ id }: Pick<Order, 'id'>, lineNo: number): string {
  return `${id}.${lineNo}`;
}

function advanceProblem(order: Order, { advance }: Params): Status {
  if (advance.currency !== order.currency) return status('currency_does_not_match');
  return advance.minor > 0n ? OK : status('amount_must_be_positive');
}

function linesProblem(order: Order, { lines }: Params): Status {
  const named = new Set(lines.map((line) => line.lineNo));
  if (named.size !== lines.length) return status('line_named_twice');
  for (const { lineNo, quantity } of lines) {
    const line = order.lines.find((one) => one.lineNo === lineNo);
    if (line === undefined) return status('line_not_found');
    const value = valueAtScale(line.ordered, quantity);
    if (isNotValue(value)) return value;
    if (value > openValue(line)) return status('exceeds_open_quantity');
  }
  return OK;
}

function lineageProblem(context: ReadContext, params: Params, holder: Order['seller']): Status {
  for (const { lineNo, quantity } of params.lines) {
    const stage = stageOf(params, lineNo);
    const problem = claimProblem(context, { stage, quantity, by: params.id, holder });
    if (problem.number !== 0) return problem;
  }
  return OK;
}

/** What is not delivered becomes known to the register, and the lender holds its part. */
function holdLine(
  context: WriteContext,
  order: Order,
  { lineNo, quantity }: Params['lines'][number],
  { id, lender }: { readonly id: string; readonly lender: Order['seller'] },
): Status {
  const stage = stageOf(order, lineNo);
  const line = order.lines.find((one) => one.lineNo === lineNo);
  return inTurn(
    () => {
      if (line === undefined || quantityAt(context, stage) !== undefined) return OK;
      const open = { ...line.ordered, value: openValue(line) };
      return context.call('lien', 'add_goods', { stage, quantity: open });
    },
    () => context.call('lien', 'claim_goods', { stage, quantity, by: id, holder: lender }),
  );
}

function openValue(line: OrderLine): bigint {
  return line.ordered.value - line.accepted;
}

function isNotValue(value: bigint | Status): value is Status {
  return typeof value === 'object' && isStatus(value);
}
