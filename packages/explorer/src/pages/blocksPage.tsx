import type { HeaderFacts } from '@triflow/sdk';
import type { ComponentChildren } from 'preact';
import { chainClient } from '../data/chainClient.js';
import { getJson } from '../data/nodeApi.js';
import { pathTo, place } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { timeText } from '../format/times.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { PageTitle } from './pageTitle.js';

const PAGE = 50;
const EVERY_MS = 3_000;

/** Blocks, newest first; the address says from which height down. */
export function BlocksPage(): ComponentChildren {
  const from = Number(place.value.query.get('from') ?? 0);
  const options = from > 0 ? {} : { everyMs: EVERY_MS };
  const loaded = useLoad(`blocks/${from}`, (signal) => readBlocks(from, signal), options);
  return (
    <>
      <PageTitle title={t('blocks.title')} />
      <Settled loaded={loaded}>{(headers) => <BlockTable headers={headers} />}</Settled>
    </>
  );
}

async function readBlocks(from: number, signal: AbortSignal): Promise<readonly HeaderFacts[]> {
  const client = await chainClient();
  const { height } = await getJson<{ height: number }>('/v1/info', signal);
  const to = from > 0 ? Math.min(from, height) : height;
  const headers = await client.headers({ from: Math.max(1, to - PAGE + 1), to }, { signal });
  return [...headers].reverse();
}

function transactionsText(count: number): string {
  if (count === 0) return t('blocks.empty');
  return count === 1
    ? t('blocks.transaction')
    : t('blocks.transactions', { count: countText(count) });
}

function BlockTable({ headers }: { readonly headers: readonly HeaderFacts[] }): ComponentChildren {
  const first = headers[0]?.height ?? 0;
  const last = headers.at(-1)?.height ?? 1;
  return (
    <>
      <ol class="block-list">
        {headers.map(({ height, timeMs, txCount, builder, signers, round }) => (
          <li key={height} class={txCount === 0 ? 'quiet' : ''}>
            <a class="id" href={pathTo('blocks', String(height))}>
              {countText(height)}
            </a>
            <span>{transactionsText(txCount)}</span>
            <span class="muted">{timeText(timeMs)}</span>
            <span class="muted">{t('blocks.builder', { name: builder })}</span>
            <span class="muted">
              {signers.length} ✓{round > 0 && ` · ${t('blocks.round', { round })}`}
            </span>
          </li>
        ))}
      </ol>
      <nav class="buttons" aria-label={t('blocks.title')}>
        <a class="button" href={`/blocks?from=${first + PAGE}`}>
          {t('blocks.newer')}
        </a>
        {last > 1 && (
          <a class="button" href={`/blocks?from=${last - 1}`}>
            {t('blocks.older')}
          </a>
        )}
      </nav>
    </>
  );
}
