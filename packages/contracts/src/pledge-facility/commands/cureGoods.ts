import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { currentPrice } from '../../price-feed/internal.js';
import { findFacility } from '../internal.js';
import { additionProblem, additionSigners, addVerifiedItem } from '../itemAddition.js';
import { cappedPrice } from '../ltv.js';
import { commandSchemas, type ItemTerms } from '../schema.js';
import { status } from '../statusCodes.js';

/** More goods that answer a margin call; partial cures add up. */
export const cureGoods = countersigned({
  who: 'anyone',
  params: commandSchemas.cure_goods,
  object: (params) => params.id,
  signers: additionSigners,
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    const takesItems = facility?.state === 'MARGIN_CALL';
    const more = (): Status => curableProblem(context, params.item);
    return additionProblem(context, facility, params, { phase, takesItems, more });
  },
  execute: addVerifiedItem,
});

/** More of goods whose price is zero or below only deepens the gap. */
function curableProblem(context: ReadContext, item: ItemTerms): Status {
  const priced = currentPrice(context, item.feed);
  if (priced === undefined) return OK;
  const { value } = cappedPrice(priced.price, item.priceCap);
  return value > 0n && item.haircutBps < 10_000 ? OK : status('goods_cannot_cure');
}
