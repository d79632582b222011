import type { ComponentChildren } from 'preact';
import { readChainTables } from '../data/contractTables.js';
import { readLinked } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { flowOfSegment } from '../format/flows.js';
import { segmentOfId, shortId } from '../format/ids.js';
import { noteOf } from '../format/notes.js';
import { fieldName } from '../format/words.js';
import { linksOf, reverseLinksOf } from '../graph/links.js';
import { t, tMaybe } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';

interface RelatedProps {
  readonly segment: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Related {
  readonly id: string;
  readonly by: string;
  readonly state?: unknown;
  readonly note?: string;
}

/** Records that this one names, and those that name it. */
export function RelatedRecords({ segment, id, data }: RelatedProps): ComponentChildren {
  const loaded = useLoad(`related/${id}`, async (signal): Promise<readonly Related[]> => {
    await readChainTables();
    const lists = reverseLinksOf(segment).map(({ segment: other, filter }) => {
      return { segment: other, query: { [filter]: id } };
    });
    const naming = await readLinked(lists, signal);
    return naming
      .filter(({ row }) => row.id !== id)
      .map(({ segment: other, row }) => {
        const note = noteOf(other, row.data);
        return { id: row.id, by: `one.${other}`, state: row.data.state, note };
      });
  });
  const named = linksOf(data, id);
  return (
    <section aria-labelledby="related-title">
      <h2 id="related-title">{t('object.related')}</h2>
      <Settled loaded={loaded}>
        {(naming) => {
          const known = new Set(naming.map((one) => one.id));
          const all: readonly Related[] = [
            ...named.filter(({ to }) => !known.has(to)).map(({ to, by }) => ({ id: to, by })),
            ...naming,
          ];
          if (all.length === 0) return <p class="muted">{t('none')}</p>;
          return (
            <ul class="related">
              {all.map((one) => (
                <RelatedLine key={one.id} related={one} />
              ))}
            </ul>
          );
        }}
      </Settled>
    </section>
  );
}

function RelatedLine({ related }: { readonly related: Related }): ComponentChildren {
  const { id, by, state, note = '' } = related;
  const segment = segmentOfId(id) ?? '';
  return (
    <li class={`flow-${flowOfSegment(segment)}`}>
      <a class="id" href={pathTo(segment, id)} title={id}>
        {shortId(id)}
      </a>
      <span class="muted">{tMaybe(by) ?? tMaybe(`one.${segment}`) ?? fieldName(by)}</span>
      {note !== '' && <span>{note}</span>}
      <StateChip state={state} />
    </li>
  );
}
