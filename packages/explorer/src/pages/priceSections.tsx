import type { ComponentChildren } from 'preact';
import { getJson, isRecord } from '../data/nodeApi.js';
import type { ObjectAnswer } from '../data/readLists.js';
import { useLoad } from '../data/useLoad.js';
import { priceText } from '../format/amounts.js';
import { dayText, timeText } from '../format/times.js';
import { stateName } from '../format/words.js';
import { type ChartPoint, LineChart } from '../graph/lineChart.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';

interface RoundPage {
  readonly data: { readonly items: readonly Record<string, unknown>[]; readonly next?: string };
}

const PAGE = 100;
const ROUNDS_MAX = 2_000;
const DAY_MS = 86_400_000;

/** The rounds of a price feed as a line. */
export function PriceSections({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  const { id, data } = answer;
  const loaded = useLoad(`rounds/${id}`, (signal) => readRounds(id, signal), {
    changedBy: ({ subject, type }) => subject === id && type === 'price.final',
  });
  return (
    <section aria-labelledby="price-title">
      <h2 id="price-title">{t('pledge.price')}</h2>
      <Settled loaded={loaded}>
        {(rounds) => {
          const points = rounds.flatMap((round) => pointOf(round, data));
          if (points.length === 0) return <p class="muted">{t('state.empty.title')}</p>;
          return (
            <LineChart
              label={`${id}: ${points.at(-1)?.text ?? ''}`}
              points={points}
              lines={[]}
              dated={rounds.every(({ sourceDay }) => typeof sourceDay === 'number')}
              yText={(value) => (value / 100).toFixed(0)}
            />
          );
        }}
      </Settled>
    </section>
  );
}

async function readRounds(
  feed: string,
  signal: AbortSignal,
): Promise<readonly Record<string, unknown>[]> {
  const rounds: Record<string, unknown>[] = [];
  let cursor: string | undefined;
  while (rounds.length < ROUNDS_MAX) {
    const query = new URLSearchParams({ feed, limit: String(PAGE), ...(cursor && { cursor }) });
    const { data } = await getJson<RoundPage>(
      `/v1/queries/price-feed.priceHistory?${query}`,
      signal,
    );
    rounds.push(...data.items);
    if (data.next === undefined || data.next === null) break;
    cursor = data.next;
  }
  return rounds;
}

function pointOf(
  round: Record<string, unknown>,
  feed: ObjectAnswer['data'],
): readonly ChartPoint[] {
  const { value, state, observedAt, sourceDay } = round;
  if (typeof value !== 'string' || !isRecord(feed)) return [];
  const { currency, unit, scale } = feed;
  const price = { value, currency: String(currency), unit: String(unit), scale: Number(scale) };
  const dated = typeof sourceDay === 'number';
  const when = dated ? dayText(sourceDay) : timeText(Number(observedAt));
  const text = `${when} · ${priceText(price)} · ${stateName(String(state))}`;
  return [{ x: dated ? sourceDay * DAY_MS : Number(observedAt), y: Number(value), text }];
}
