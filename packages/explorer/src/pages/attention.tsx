import type { ComponentChildren } from 'preact';
import { isServed, readChainTables } from '../data/contractTables.js';
import { readList } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { shortId } from '../format/ids.js';
import { noteOf } from '../format/notes.js';
import { warningTypes } from '../messages/eventSentences.js';
import { t, tMaybe } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';

/** What somebody should look at now. */
export function Attention(): ComponentChildren {
  const loaded = useLoad('attention', readAttention, {
    changedBy: ({ type }) => warningTypes.includes(type) || /cured|cleared|repaid/.test(type),
  });
  return (
    <section aria-labelledby="attention-title">
      <h2 id="attention-title">{t('network.attention')}</h2>
      <Settled loaded={loaded}>
        {(found) =>
          found.length === 0 ? (
            <p class="muted">{t('network.noAttention')}</p>
          ) : (
            <ul class="related">
              {found.map(({ segment, row }) => (
                <li key={row.id} class="alarming">
                  <a class="id" href={pathTo(segment, row.id)} title={row.id}>
                    {shortId(row.id)}
                  </a>
                  <span class="muted">{tMaybe(`one.${segment}`)}</span>
                  <span>{noteOf(segment, row.data)}</span>
                  <StateChip state={row.data.state} />
                </li>
              ))}
            </ul>
          )
        }
      </Settled>
    </section>
  );
}

/** Margin calls and alerts that stand open now, as links. */
async function readAttention(signal: AbortSignal) {
  const kinds = [
    ['alerts', 'RAISED'],
    ['alerts', 'ESCALATED'],
    ['pledges', 'MARGIN_CALL'],
    ['pledges', 'WARNING'],
    ['pledges', 'DEFAULT'],
    ['receivables', 'OVERDUE'],
  ] as const;
  await readChainTables();
  const found = await Promise.all(
    kinds
      .filter(([segment]) => isServed(segment))
      .map(async ([segment, state]) => {
        const page = await readList(segment, { state, limit: '10' }, signal).catch(() => undefined);
        return (page?.data ?? []).map((row) => ({ segment, row }));
      }),
  );
  return found.flat();
}
