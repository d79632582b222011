import { feeds } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { createFeed } from './createFeed.js';
import { getRound } from './getRound.js';
import { submitQuote } from './submitQuote.js';

/** Price feeds (contract price-feed). */
export const priceActions = {
  get: getter(feeds),
  list: lister(feeds),
  waitFor: waiter(feeds),
  getRound,
  createFeed,
  submitQuote,
} as const;
