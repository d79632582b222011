import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findFeed } from '../../price-feed/internal.js';
import { findCurve } from '../internal.js';
import { curves } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A lender says how it values a species: weight by age, price feed, haircut. */
export const setCurve = command({
  who: ['LENDER'],
  params: commandSchemas.set_curve,
  verify: (context, { points, feed: id, unit }) => {
    const ages = points.map((point) => point.ageDays);
    const rising = ages.every((age, at) => at === 0 || age > (ages[at - 1] ?? age));
    if (!rising) return status('curve_is_invalid');
    const feed = findFeed(context, id);
    if (feed === undefined) return status('reference_not_found');
    return feed.unit === unit ? OK : status('unit_does_not_match');
  },
  execute: (context, params) => {
    const lender = context.sender;
    const { species, unit, scale, points, feed, haircutBps } = params;
    const version = (findCurve(context, lender, species)?.version ?? 0) + 1;
    const terms = { lender, species, unit, scale, feed, haircutBps };
    context.put(curves, [lender, species], { ...terms, points, version });
    context.emit('curve.set', species, { version, ...terms });
    return OK;
  },
});
