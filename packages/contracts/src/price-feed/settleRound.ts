import { defined, type WriteContext } from '@triflow/protocol';
import { roundParts, rounds } from './keys.js';
import type { Feed, OpenRound, PricePoint, Quote, RoundRecord } from './schema.js';

const BPS = 10_000n;

/** Median of values; of an even count the lower middle one (domain 3.11). */
export function medianOf(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => Number(a > b) - Number(a < b));
  return defined(sorted[Math.floor((sorted.length - 1) / 2)], 'medianOf: no values');
}

/** Whether a price moved by more than a share of the one before, cross-multiplied (R1). */
export function isBigMove(value: bigint, before: bigint, maxMoveBps: number): boolean {
  return magnitude(value - before) * BPS > magnitude(before) * BigInt(maxMoveBps);
}

/**
 * Ends a round that has its quotes: FINAL, or UNCONFIRMED after a big move. A waiting
 * UNCONFIRMED round becomes FINAL when this median is near its own, else REJECTED, and this one
 * is then judged against the last final price. Gives the feed as it is to be stored.
 */
export function settleRound(context: WriteContext, feed: Feed, open: OpenRound): Feed {
  const { round, quotes, sourceDay } = open;
  const value = medianOf(quotes.map((quote) => quote.value));
  const observedAt = Math.min(...quotes.map((quote) => quote.observedAt));
  const point: PricePoint = { round, value, observedAt, sourceDay };
  const { unconfirmed, current, maxMoveBps, confirmWithinBps } = feed;
  const confirmed =
    unconfirmed !== undefined && !isBigMove(value, unconfirmed.value, confirmWithinBps);
  if (unconfirmed !== undefined) decide(context, feed, unconfirmed, confirmed, round);
  const big = current !== undefined && isBigMove(value, current.value, maxMoveBps);
  const isFinal = confirmed || !big;
  saveRound(context, feed, point, quotes, isFinal ? 'FINAL' : 'UNCONFIRMED');
  const { open: _, unconfirmed: __, ...rest } = feed;
  return isFinal
    ? { ...rest, lastRound: round, current: { ...point, finalAt: context.timeMs }, state: 'OPEN' }
    : { ...rest, lastRound: round, unconfirmed: point, state: 'UNCONFIRMED' };
}

/** A round whose window ended without enough quotes. */
export function voidRound(context: WriteContext, feed: Feed, open: OpenRound): Feed {
  const { round, quotes } = open;
  context.put(rounds, roundParts(feed.id, round), {
    feed: feed.id,
    round,
    state: 'VOID',
    quotes,
    closedAt: context.timeMs,
  });
  context.emit('round.void', feed.id, { version: feed.version, round, quotes: quotes.length });
  const { open: _, ...rest } = feed;
  return { ...rest, lastRound: round };
}

function decide(
  context: WriteContext,
  feed: Feed,
  waiting: PricePoint,
  confirmed: boolean,
  decidedBy: number,
): void {
  const parts = roundParts(feed.id, waiting.round);
  const record = defined(context.get(rounds, ...parts), 'settleRound: the waiting round exists');
  const state = confirmed ? 'FINAL' : 'REJECTED';
  context.put(rounds, parts, { ...record, state, decidedBy });
  announce(context, feed, waiting, state);
}

function saveRound(
  context: WriteContext,
  feed: Feed,
  point: PricePoint,
  quotes: readonly Quote[],
  state: 'FINAL' | 'UNCONFIRMED',
): void {
  const record: RoundRecord = {
    feed: feed.id,
    ...point,
    state,
    quotes: [...quotes],
    closedAt: context.timeMs,
  };
  context.put(rounds, roundParts(feed.id, point.round), record);
  announce(context, feed, point, state);
}

function announce(
  context: WriteContext,
  feed: Feed,
  point: PricePoint,
  state: 'FINAL' | 'UNCONFIRMED' | 'REJECTED',
): void {
  const types = {
    FINAL: 'price.final',
    UNCONFIRMED: 'price.unconfirmed',
    REJECTED: 'price.rejected',
  } as const;
  const { currency, unit, scale, version } = feed;
  const price = { value: point.value, currency, unit, scale };
  const { round, observedAt, sourceDay } = point;
  context.emit(types[state], feed.id, { version, round, price, observedAt, sourceDay });
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
