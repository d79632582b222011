import { eachRecord, type Invariant } from '../invariant.js';
import { priceAt } from './internal.js';
import { feeds, roundParts, rounds } from './keys.js';
import { medianOf } from './settleRound.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'Q1 a price has a quorum of signed quotes and is their median',
    broken: (state) =>
      state
        .records(rounds)
        .filter((round) => {
          if (round.state === 'VOID') return round.value !== undefined;
          const feed = state.read(feeds, round.feed);
          const oracles = new Set(round.quotes.map((quote) => quote.oracle));
          const enough = feed !== undefined && oracles.size >= feed.quorum;
          const median = medianOf(round.quotes.map((quote) => quote.value));
          return !(enough && oracles.size === round.quotes.length && median === round.value);
        })
        .map((round) => `Q1: ${round.feed} ${round.round}`),
  },
  eachRecord('Q2 a stale price is never given as fresh', feeds, (feed) => {
    if (feed.current === undefined) return true;
    const lastFreshMs = feed.current.observedAt + feed.staleAfterMs;
    return (
      priceAt(feed, lastFreshMs)?.fresh === true && priceAt(feed, lastFreshMs + 1)?.fresh === false
    );
  }),
  eachRecord('the current price is a FINAL round', feeds, (feed, state) => {
    if (feed.current === undefined) return true;
    const record = state.read(rounds, ...roundParts(feed.id, feed.current.round));
    return record?.state === 'FINAL' && record.value === feed.current.value;
  }),
  eachRecord('the feed is UNCONFIRMED when a round waits', feeds, (feed, state) => {
    const waiting = state
      .records(rounds)
      .filter((round) => round.feed === feed.id && round.state === 'UNCONFIRMED');
    const named = feed.unconfirmed === undefined ? [] : [feed.unconfirmed.round];
    const same = waiting.map((round) => round.round).join() === named.join();
    return same && (feed.state === 'UNCONFIRMED') === (named.length === 1);
  }),
];
