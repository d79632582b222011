import { defined, OK, type TimeMs } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { feeds } from '../keys.js';
import { commandSchemas, type Feed, type OpenRound } from '../schema.js';
import { settleRound, voidRound } from '../settleRound.js';
import { status } from '../statusCodes.js';

/** An oracle says what it observed; the quote that completes the quorum ends the round. */
export const submitQuote = command({
  who: ['ORACLE'],
  params: commandSchemas.submit_quote,
  verify: (context, { id, round, observedAt, sourceDay }) => {
    const feed = context.get(feeds, id);
    if (feed === undefined) return status('object_not_found');
    if (!feed.oracles.includes(context.sender)) return status('oracle_not_in_feed');
    const { open } = roundsAt(feed, context.timeMs);
    if (round !== (open?.round ?? nextRound(feed))) return status('round_closed');
    if (open?.quotes.some((quote) => quote.oracle === context.sender)) {
      return status('quote_already_submitted');
    }
    const ageMs = context.timeMs - observedAt;
    if (ageMs < 0 || ageMs > feed.windowMs) return status('observation_outside_window');
    const sameDay = open === undefined || open.sourceDay === sourceDay;
    return sameDay ? OK : status('source_day_differs');
  },
  execute: (context, { id, round, value, observedAt, sourceDay }) => {
    const stored = defined(context.get(feeds, id), 'submit_quote: found by its guards');
    const version = stored.version + 1;
    const { open, ended } = roundsAt(stored, context.timeMs);
    const numbered: Feed = { ...stored, version };
    const feed = ended === undefined ? numbered : voidRound(context, numbered, ended);
    const quote = { oracle: context.sender, value, observedAt, submittedAt: context.timeMs };
    const collecting: OpenRound = {
      round,
      firstAt: open?.firstAt ?? context.timeMs,
      sourceDay,
      quotes: [...(open?.quotes ?? []), quote],
    };
    const { oracle } = quote;
    context.emit('quote.submitted', id, { version, round, oracle, value, observedAt, sourceDay });
    const complete = collecting.quotes.length >= feed.quorum;
    const settled = complete
      ? settleRound(context, feed, collecting)
      : { ...feed, open: collecting };
    context.put(feeds, [id], settled);
    return OK;
  },
});

/** The round that still collects, or the one whose window is over. */
function roundsAt(
  feed: Feed,
  timeMs: TimeMs,
): { readonly open?: OpenRound; readonly ended?: OpenRound } {
  if (feed.open === undefined) return {};
  return timeMs - feed.open.firstAt <= feed.windowMs ? { open: feed.open } : { ended: feed.open };
}

function nextRound(feed: Feed): number {
  return (feed.open?.round ?? feed.lastRound) + 1;
}
