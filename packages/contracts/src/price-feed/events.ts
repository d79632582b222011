/** What the contract states as fact. */
export const events = [
  'feed.created',
  'quote.submitted',
  'price.final',
  'price.unconfirmed',
  'price.rejected',
  'round.void',
] as const;

export type PriceFeedEvent = (typeof events)[number];
