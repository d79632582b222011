import { defineContract } from '../defineContract.js';
import { createFeed } from './commands/createFeed.js';
import { submitQuote } from './commands/submitQuote.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const priceFeed = defineContract({
  name: 'price-feed',
  version: 1,
  tables,
  commands: { create_feed: createFeed, submit_quote: submitQuote },
  statusCodes,
  queries,
});
