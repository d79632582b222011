import type { LedgerFact } from '../data/liveEvents.js';
import { isRecord } from '../data/nodeApi.js';

/** One valuation of a facility, as its facts tell it. */
export interface Valuation {
  readonly txId: string;
  readonly height: number;
  readonly time: string;
  readonly ltvBps: number;
  readonly debtMinor: string;
  readonly valueMinor: string;
  readonly line: string;
  readonly price: unknown;
  readonly feed: string | undefined;
  /** The day of a published series, where the price names one. */
  readonly sourceDay: number | undefined;
  /** Types of the facts of the same transaction: `margin_call.issued` beside a valuation. */
  readonly types: readonly string[];
}

const DAY_MS = 86_400_000;

/** Valuations in the order of the chain; facts of one transaction are one valuation. */
export function valuationsOf(facts: readonly LedgerFact[]): readonly Valuation[] {
  const byTx = new Map<string, Valuation>();
  for (const fact of facts) {
    const { data, txId, height, time, type } = fact;
    if (typeof data.ltvBps !== 'number' || data.debtMinor === undefined) continue;
    const types = [...(byTx.get(txId)?.types ?? []), type];
    const [first] = Array.isArray(data.prices) ? data.prices.filter(isRecord) : [];
    byTx.set(txId, {
      txId,
      height,
      time,
      ltvBps: data.ltvBps,
      debtMinor: String(data.debtMinor),
      valueMinor: String(data.valueMinor ?? '0'),
      line: String(data.line ?? 'none'),
      price: data.price ?? first?.price,
      feed: typeof first?.feed === 'string' ? first.feed : undefined,
      sourceDay: typeof first?.sourceDay === 'number' ? first.sourceDay : undefined,
      types,
    });
  }
  return [...byTx.values()];
}

/**
 * Where each valuation lies in time. Replayed history goes by the days of its series, everything
 * else by block time; several on one day follow one another within it.
 */
export function timesOf(valuations: readonly Valuation[]): readonly number[] {
  const dated = valuations.every(({ sourceDay }) => sourceDay !== undefined);
  if (!dated) return valuations.map(({ time }) => Date.parse(time));
  const perDay = new Map<number, number>();
  return valuations.map(({ sourceDay = 0 }) => {
    const nth = perDay.get(sourceDay) ?? 0;
    perDay.set(sourceDay, nth + 1);
    return sourceDay * DAY_MS + Math.min(0.9, nth * 0.3) * DAY_MS;
  });
}

/** What a valuation's facts say of the borrower's standing: a mark on the line, or none. */
export function markOf({ types }: Valuation): 'good' | 'bad' | undefined {
  const good = ['margin_call.cured', 'facility.repaid', 'facility.item_added', 'facility.drawn'];
  if (types.some((type) => good.includes(type))) return 'good';
  const bad = ['margin_call.issued', 'line.crossed', 'margin_call.failed'];
  return types.some((type) => bad.includes(type)) ? 'bad' : undefined;
}
