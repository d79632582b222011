import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findParty } from '../../party-registry/internal.js';
import { agreedTerm } from '../agreedTerm.js';
import { orders } from '../keys.js';
import { freshLine, linesProblem } from '../orderLines.js';
import { isUnusualTerm, termProblem } from '../paymentTerm.js';
import { commandSchemas, type Order } from '../schema.js';
import { status } from '../statusCodes.js';

/** A buyer orders. Who buys is the signer; size classes are copied now (P4). */
export const issueOrder = command({
  who: 'anyone',
  params: commandSchemas.issue_order,
  verify: (context, params) => {
    const { id, seller, consignee, currency, lines, paymentTerm } = params;
    if (context.get(orders, id) !== undefined) return status('id_already_exists');
    if (seller === context.sender) return status('parties_must_differ');
    const other = findParty(context, seller);
    if (other === undefined) return status('reference_not_found');
    if (other.state !== 'ACTIVE') return status('party_not_active');
    if (consignee !== undefined && findParty(context, consignee) === undefined) {
      return status('reference_not_found');
    }
    const buyer = defined(findParty(context, context.sender), 'issue_order: the signer exists');
    const lineProblem = linesProblem(lines, currency);
    return lineProblem ?? termProblem(context, paymentTerm, buyer.sizeClass) ?? OK;
  },
  execute: (context, params) => {
    const { id, seller, currency, lines, paymentTerm } = params;
    const buyer = context.sender;
    const buyerParty = defined(findParty(context, buyer), 'issue_order: the buyer exists');
    const sellerParty = defined(findParty(context, seller), 'issue_order: the seller exists');
    const flags: Order['flags'] = isUnusualTerm(paymentTerm, buyerParty.sizeClass)
      ? ['unusual_payment_term']
      : [];
    context.put(orders, [id], {
      id,
      buyer,
      seller,
      consignee: params.consignee,
      buyerSizeClass: buyerParty.sizeClass,
      sellerSizeClass: sellerParty.sizeClass,
      currency,
      lines: lines.map(freshLine),
      paymentTerm: agreedTerm(paymentTerm),
      nonCashClause: params.nonCashClause,
      flags,
      issuedDay: context.day,
      state: 'ISSUED',
      version: 1,
    });
    const data = { version: 1, buyer, seller, currency, lines, paymentTerm, flags };
    context.emit('order.issued', id, { ...data, state: 'ISSUED' });
    return OK;
  },
});
