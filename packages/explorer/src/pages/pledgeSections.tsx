import type { ComponentChildren } from 'preact';
import type { LedgerFact } from '../data/liveEvents.js';
import { isRecord } from '../data/nodeApi.js';
import { type ObjectAnswer, readHistory } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText, isMoney, moneyText, percentText } from '../format/amounts.js';
import { dayText, timeText } from '../format/times.js';
import { stateName } from '../format/words.js';
import { type ChartLine, type ChartPoint, LineChart } from '../graph/lineChart.js';
import { markOf, timesOf, type Valuation, valuationsOf } from '../graph/ltvSeries.js';
import { t } from '../messages/translate.js';
import { LtvBar } from '../parts/ltvBar.js';
import { Settled } from '../parts/states.js';
import { Story } from '../parts/story.js';
import { Tile } from '../parts/tile.js';
import { contextOf, IdLink, RecordTable, Value } from '../parts/value.js';

const STEPS = /^(line\.crossed|margin_call\.|default\.|facility\.(repaid|item_added|drawn|closed))/;

/** What a bank looks at first: how debt stands to collateral, and how it came to stand there. */
export function PledgeSections({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  const { id, data } = answer;
  const loaded = useLoad(`history/pledges/${id}`, (signal) => readHistory('pledges', id, signal), {
    changedBy: ({ subject }) => subject === id,
  });
  const items = Array.isArray(data.items) ? data.items.filter(isRecord) : [];
  return (
    <>
      <PledgeTiles data={data} />
      <section aria-labelledby="ltv-title">
        <h2 id="ltv-title">{t('pledge.chart')}</h2>
        <Settled loaded={loaded}>
          {(facts) => {
            const valuations = valuationsOf(facts);
            if (valuations.length === 0) return <p class="muted">{t('pledge.chartEmpty')}</p>;
            return (
              <>
                <LtvChart data={data} valuations={valuations} />
                <ValuationTable data={data} valuations={valuations} />
                <h3>{t('pledge.alerts')}</h3>
                <Story facts={facts.filter(({ type }) => STEPS.test(type))} order="newest" />
              </>
            );
          }}
        </Settled>
      </section>
      {items.length > 0 && (
        <section aria-labelledby="items-title">
          <h2 id="items-title">{t('pledge.items')}</h2>
          <RecordTable
            rows={items.map((item) => priced(item, loaded.value))}
            context={contextOf(data)}
          />
        </section>
      )}
    </>
  );
}

/** An item's base price is a bare number: the unit is that of the price it was valued at. */
function priced(
  item: Record<string, unknown>,
  facts: readonly LedgerFact[] | undefined,
): Record<string, unknown> {
  const price = facts === undefined ? undefined : valuationsOf(facts).at(-1)?.price;
  if (!isRecord(price) || typeof item.basePrice !== 'string') return item;
  return { ...item, basePrice: { ...price, value: item.basePrice } };
}

function PledgeTiles({ data }: { readonly data: ObjectAnswer['data'] }): ComponentChildren {
  const { valuation, limit } = data;
  if (!isRecord(valuation) || !isMoney(limit)) return null;
  const { currency } = limit;
  const debt = BigInt(String(valuation.debtMinor));
  const value = BigInt(String(valuation.valueMinor));
  const line = BigInt(Number(data.marginCallBps ?? 0));
  const headroom = (value * line) / 10_000n - debt;
  const ltvBps = Number(valuation.ltvBps);
  return (
    <div class="tiles">
      <Tile name={t('pledge.debt')} value={moneyText({ minor: String(debt), currency })}>
        {t('pledge.limit')} {moneyText(limit)}
      </Tile>
      <Tile name={t('pledge.value')} value={moneyText({ minor: String(value), currency })}>
        <time dateTime={String(valuation.at)}>{timeText(String(valuation.at))}</time>
      </Tile>
      <Tile name={t('pledge.ltv')} value={percentText(ltvBps)}>
        <LtvBar facility={data} ltvBps={ltvBps} />
      </Tile>
      <Tile
        name={t('pledge.headroom')}
        value={moneyText({ minor: String(headroom), currency })}
        tone={headroom < 0n ? 'bad' : 'plain'}
      >
        {t('pledge.line.marginCall')} {percentText(Number(line))}
      </Tile>
    </div>
  );
}

interface ChartProps {
  readonly data: ObjectAnswer['data'];
  readonly valuations: readonly Valuation[];
}

function LtvChart({ data, valuations }: ChartProps): ComponentChildren {
  const times = timesOf(valuations);
  const points = valuations.map((valuation, index): ChartPoint => {
    const mark = markOf(valuation);
    return {
      x: times[index] ?? 0,
      y: valuation.ltvBps,
      text: readingOf(valuation, data),
      ...(mark === undefined ? {} : { mark }),
    };
  });
  const lines: readonly ChartLine[] = [
    { y: Number(data.initialLtvBps), text: t('pledge.line.initial'), tone: 'calm' },
    { y: Number(data.warningBps), text: t('pledge.line.warning'), tone: 'warn' },
    { y: Number(data.marginCallBps), text: t('pledge.line.marginCall'), tone: 'bad' },
    { y: Number(data.disposalBps), text: t('pledge.line.disposal'), tone: 'worst' },
  ];
  const dated = valuations.every(({ sourceDay }) => sourceDay !== undefined);
  return (
    <>
      <LineChart
        label={`${t('pledge.chart')}: ${points.at(-1)?.text ?? ''}`}
        points={points}
        lines={lines}
        stepped
        dated={dated}
        yText={(bps) => `${countText(Math.round(bps / 100))} %`}
      />
      <p class="muted small">{t('pledge.chartNote')}</p>
    </>
  );
}

function readingOf(valuation: Valuation, data: ObjectAnswer['data']): string {
  const { ltvBps, debtMinor, valueMinor, line, sourceDay, time } = valuation;
  const currency = contextOf(data).currency ?? '';
  const when = sourceDay === undefined ? timeText(time) : dayText(sourceDay);
  const amounts = [debtMinor, valueMinor].map((minor) => moneyText({ minor, currency }));
  return `${when} · ${percentText(ltvBps)} · ${amounts.join(' / ')} · ${stateName(line)}`;
}

/** The chart's points for those who read tables, with the way to each transaction. */
function ValuationTable({ data, valuations }: ChartProps): ComponentChildren {
  const context = contextOf(data);
  return (
    <details>
      <summary>{t('pledge.table')}</summary>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={t('pledge.table')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('pledge.at')}</th>
              <th scope="col">{t('pledge.price')}</th>
              <th scope="col">{t('pledge.sources')}</th>
              <th scope="col">{t('pledge.debt')}</th>
              <th scope="col">{t('pledge.value')}</th>
              <th scope="col">{t('pledge.ltv')}</th>
            </tr>
          </thead>
          <tbody>
            {[...valuations].reverse().map((one) => (
              <tr key={one.txId}>
                <td>
                  <a href={pathTo('transactions', one.txId)}>{timeText(one.time)}</a>
                  {one.sourceDay !== undefined && (
                    <span class="muted">
                      {' '}
                      {t('pledge.series', { day: dayText(one.sourceDay) })}
                    </span>
                  )}
                </td>
                <td>
                  <Value name="price" value={one.price} />
                </td>
                <td>{one.feed === undefined ? '–' : <IdLink id={one.feed} />}</td>
                <td>
                  <Value name="debtMinor" value={one.debtMinor} context={context} />
                </td>
                <td>
                  <Value name="valueMinor" value={one.valueMinor} context={context} />
                </td>
                <td>{percentText(one.ltvBps)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
