import { statusFactory } from '../status.js';

export const statusCodes = {
  oracle_not_in_feed: 100,
  quote_already_submitted: 101,
  round_closed: 102,
  observation_outside_window: 103,
  source_day_differs: 104,
  price_not_final: 105,
  price_is_stale: 106,
  quorum_out_of_range: 107,
  oracle_named_twice: 108,
} as const;

export const status = statusFactory('price-feed', statusCodes);
