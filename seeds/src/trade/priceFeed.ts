import { command } from '@triflow/sdk';
import type { Stage } from '../stage.js';

const oracles = ['oracle-1', 'oracle-2', 'oracle-3'] as const;

/** What a feed prices and how it does; prices are whole minor units a unit. */
export interface FeedTerms {
  readonly sku: string;
  readonly currency: string;
  readonly unit: string;
  readonly quorum: number;
  readonly windowMs: number;
  readonly staleAfterMs: number;
  readonly maxMoveBps: number;
  readonly confirmWithinBps: number;
}

/** One round: the price, and the day of the published series that it stands for. */
export interface QuotedPrice {
  readonly round: number;
  readonly value: bigint;
  readonly sourceDay?: number;
}

/** The governor opens a feed of all three oracles. */
export async function openPriceFeed(stage: Stage, id: string, terms: FeedTerms): Promise<void> {
  const ids = oracles.map((alias) => stage.cast.actor(alias).id);
  const create = command('price-feed', 'create_feed', { id, scale: 0, oracles: ids, ...terms });
  await stage.act('governor', create);
}

/** Two of the three oracles, in turn, quote a price, observed now; both agree, that makes it. */
export async function quotePrice(stage: Stage, id: string, price: QuotedPrice): Promise<void> {
  const quote = command('price-feed', 'submit_quote', {
    id,
    observedAt: stage.nowMs(),
    ...price,
  });
  const resting = oracles[price.round % oracles.length];
  const quoting = oracles.filter((alias) => alias !== resting);
  await Promise.all(quoting.map((alias) => stage.act(alias, quote)));
}
