import type { ComponentChildren } from 'preact';
import { chainTables } from '../data/contractTables.js';
import { getJson, isRecord } from '../data/nodeApi.js';
import type { Row } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { VirtualTable } from '../parts/virtualTable.js';
import { columnsOf } from './columns.js';

const PAGE = '200';
const LOTS_MAX = 2_000;

interface LotPage {
  readonly data: {
    readonly items: readonly (Row['data'] & { readonly id: string })[];
    readonly next?: string | null;
  };
  readonly height: number;
}

interface Lots {
  readonly rows: readonly Row[];
  readonly height: number;
  readonly hasMore: boolean;
}

/** Lots that no warehouse keeps: events and serial numbers follow them. */
export function TracedLots(): ComponentChildren {
  const isKnown = chainTables.value !== undefined;
  const loaded = useLoad(`traced-lots/${isKnown}`, readTracedLots);
  return (
    <section aria-labelledby="traced-title">
      <h2 id="traced-title">{t('kind.tracedLots')}</h2>
      <Settled loaded={loaded}>
        {({ rows, height, hasMore }) => {
          if (rows.length === 0) return <p class="muted">{t('none')}</p>;
          return (
            <>
              <p class="list-note muted">
                {t(hasMore ? 'list.countMore' : 'list.count', { count: countText(rows.length) })}
                {' · '}
                {t('list.atHeight', { height: countText(height) })}
              </p>
              <VirtualTable
                label={t('kind.tracedLots')}
                rows={rows}
                columns={columnsOf('tracedLots', rows)}
                rowKey={({ id }) => id}
                href={({ id }) => pathTo('lots', id)}
                hasMore={false}
                loadMore={() => undefined}
              />
            </>
          );
        }}
      </Settled>
    </section>
  );
}

async function readTracedLots(signal: AbortSignal): Promise<Lots> {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: PAGE, ...(after && { after }) });
    const path = `/v1/queries/trace.tracedLots?${query}`;
    const { data, height } = await getJson<LotPage>(path, signal);
    rows.push(...data.items.map(rowOf));
    after = data.next ?? undefined;
    if (after === undefined) return { rows, height, hasMore: false };
    if (rows.length >= LOTS_MAX) return { rows, height, hasMore: true };
  }
}

/** Its release, for it has no lifecycle of its own; a recall goes before that. */
function rowOf(lot: LotPage['data']['items'][number]): Row {
  const { state: release = '' } = isRecord(lot.release) ? lot.release : {};
  const released = release === 'RELEASED' ? 'LOT_RELEASED' : `RELEASE_${String(release)}`;
  const state = lot.recall === undefined ? released : 'RECALLED';
  return { id: lot.id, data: { ...lot, quantity: lot.made, state } };
}
