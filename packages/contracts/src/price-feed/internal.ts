import type { Price, QueryReader, ReadContext, Status, TimeMs } from '@triflow/protocol';
import { feeds } from './keys.js';
import type { Feed } from './schema.js';
import { status } from './statusCodes.js';

/** The last final price of a feed as a command sees it. */
export interface CurrentPrice {
  readonly price: Price;
  readonly observedAt: TimeMs;
  readonly round: number;
  readonly sourceDay?: number;
  /** Whether the observation is at most `staleAfterMs` old (Q2). */
  readonly fresh: boolean;
  /** UNCONFIRMED: a big move waits for its second round, and this price is the one before it. */
  readonly state: 'OPEN' | 'UNCONFIRMED';
}

/** The record of a feed, or undefined. */
export function findFeed(context: ReadContext, id: string): Feed | undefined {
  return context.get(feeds, id);
}

/** The record of a feed at the height of a query, or undefined. */
export function findFeedAt(reader: QueryReader, id: string): Promise<Feed | undefined> {
  return reader.get(feeds, id);
}

/** The last final price, or undefined when the feed or a final price does not exist. */
export function currentPrice(context: ReadContext, id: string): CurrentPrice | undefined {
  const feed = findFeed(context, id);
  return feed === undefined ? undefined : priceAt(feed, context.timeMs);
}

/**
 * Why a feed's price cannot be used now: `object_not_found`, `price_not_final` (none yet, or a big
 * move is unconfirmed), `price_is_stale`. Undefined when it can.
 */
export function priceProblem(context: ReadContext, id: string): Status | undefined {
  const feed = findFeed(context, id);
  if (feed === undefined) return status('object_not_found');
  const problem = usabilityOf(priceAt(feed, context.timeMs));
  return problem === undefined ? undefined : status(problem);
}

/** Why a price cannot be used now; undefined when it can. */
export function usabilityOf(
  found: CurrentPrice | undefined,
): 'price_not_final' | 'price_is_stale' | undefined {
  if (found === undefined || found.state === 'UNCONFIRMED') return 'price_not_final';
  return found.fresh ? undefined : 'price_is_stale';
}

/** The last final price of a feed's record at a moment. */
export function priceAt(feed: Feed, timeMs: TimeMs): CurrentPrice | undefined {
  const { current, currency, unit, scale, state } = feed;
  if (current === undefined) return undefined;
  const { value, observedAt, round, sourceDay } = current;
  return {
    price: { value, currency, unit, scale },
    observedAt,
    round,
    ...(sourceDay === undefined ? {} : { sourceDay }),
    fresh: timeMs - observedAt <= feed.staleAfterMs,
    state,
  };
}
