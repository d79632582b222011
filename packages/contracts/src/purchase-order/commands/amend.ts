import { OK, type Status, type WriteContext } from '@triflow/protocol';
import { quantityAt } from '../../lien/internal.js';
import { countersigned } from '../../pending.js';
import { inTurn } from '../../status.js';
import { agreedTerm } from '../agreedTerm.js';
import { grossMinor, underway } from '../amounts.js';
import { orders } from '../keys.js';
import { freshLine, linesProblem } from '../orderLines.js';
import { isUnusualTerm, termProblem } from '../paymentTerm.js';
import { orderToChange } from '../records.js';
import { commandSchemas, type LineTerms, type Order, type OrderLine } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Buyer and seller change lines and payment term, with the lender of a financed order; what was
 * delivered and invoiced stands.
 */
export const amend = countersigned({
  who: 'anyone',
  params: commandSchemas.amend,
  object: ({ id }) => id,
  signers: (context, { id }) => {
    const { buyer, seller, finance } = orderToChange(context, id);
    const other = context.sender === buyer ? seller : buyer;
    return finance === undefined ? [other] : [other, finance.lender];
  },
  verify: (context, { id, expectedVersion, lines, paymentTerm }, phase) => {
    const order = context.get(orders, id);
    if (order === undefined) return status('object_not_found');
    const isParty = context.sender === order.buyer || context.sender === order.seller;
    if (phase === 'open' && !isParty) return status('signer_not_party_to_object');
    if (order.version !== expectedVersion) return status('object_version_is_stale');
    if (order.state !== 'ACCEPTED') return status('state_forbids_command');
    const problem =
      linesProblem(lines, order.currency) ??
      deliveredProblem(order, lines) ??
      termProblem(context, paymentTerm, order.buyerSizeClass);
    return problem ?? OK;
  },
  execute: (context, { id, lines, paymentTerm }) => {
    const order = orderToChange(context, id);
    const version = order.version + 1;
    const kept = order.flags.filter((flag) => flag !== 'unusual_payment_term');
    const unusual = isUnusualTerm(paymentTerm, order.buyerSizeClass);
    const flags: Order['flags'] = unusual ? [...kept, 'unusual_payment_term'] : kept;
    context.put(orders, [id], {
      ...order,
      lines: lines.map((terms) => ({ ...(oldLine(order, terms) ?? freshLine(terms)), ...terms })),
      paymentTerm: agreedTerm(paymentTerm),
      flags,
      version,
    });
    context.emit('order.amended', id, { version, lines, paymentTerm, flags });
    return inTurn(...order.lines.map((line) => () => alignLine(context, order, line, lines)));
  },
});

/** What the register of lineage knows of a line follows its amended quantity (L1). */
function alignLine(
  context: WriteContext,
  { id }: Order,
  line: OrderLine,
  lines: readonly LineTerms[],
): Status {
  const stage = `${id}.${line.lineNo}`;
  const terms = lines.find((one) => one.lineNo === line.lineNo);
  const { value, unit, scale } = line.ordered;
  const comparable = terms?.ordered.unit === unit && terms.ordered.scale === scale;
  const by = (comparable ? terms.ordered.value : 0n) - value;
  if (by === 0n || quantityAt(context, stage) === undefined) return OK;
  const quantity = { unit, scale, value: by > 0n ? by : -by };
  return context.call('lien', by > 0n ? 'add_goods' : 'end_goods', { stage, quantity });
}

/** A line with goods keeps its sku, unit and scale, and stays above what was delivered. */
function deliveredProblem(order: Order, lines: readonly LineTerms[]): Status | undefined {
  for (const line of order.lines) {
    const terms = lines.find((one) => one.lineNo === line.lineNo);
    const problem = line.shipped === 0n ? undefined : lineProblem(line, terms);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function lineProblem(line: OrderLine, terms: LineTerms | undefined): Status | undefined {
  if (terms === undefined || terms.sku !== line.sku) return status('below_delivered_quantity');
  const { unit, scale, value } = terms.ordered;
  if (unit !== line.ordered.unit || scale !== line.ordered.scale) {
    return status('unit_does_not_match');
  }
  if (value < underway(line)) return status('below_delivered_quantity');
  const allowed = grossMinor(terms, line.accepted);
  return allowed < line.invoicedMinor ? status('below_invoiced_amount') : undefined;
}

function oldLine(order: Order, terms: LineTerms): OrderLine | undefined {
  return order.lines.find((line) => line.lineNo === terms.lineNo);
}
