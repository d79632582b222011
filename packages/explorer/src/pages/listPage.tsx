import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { chainTables, isServed } from '../data/contractTables.js';
import { partyName } from '../data/partyNames.js';
import { pathTo, place, replaceQuery } from '../data/router.js';
import { usePages } from '../data/usePages.js';
import { countText } from '../format/amounts.js';
import { isPartyId, segmentOfId } from '../format/ids.js';
import { fieldName, isKnownWord, stateName } from '../format/words.js';
import { t, tMaybe } from '../messages/translate.js';
import { Empty, Loading, Notice, ProblemNotice, StaleBanner } from '../parts/states.js';
import { VirtualTable } from '../parts/virtualTable.js';
import { columnsOf } from './columns.js';
import { PageTitle } from './pageTitle.js';
import { TracedLots } from './tracedLots.js';

/** States that a list is most often asked for, where a kind has that filter. */
const statesOf: Readonly<Record<string, readonly string[]>> = {
  receipts: ['FREE', 'PLEDGED', 'WITHDRAWING', 'DELIVERED'],
  pledges: ['NORMAL', 'WARNING', 'MARGIN_CALL', 'DEFAULT', 'CONTROL_PENDING', 'CLOSED'],
  receivables: ['PROPOSED', 'ACTIVE', 'FINANCED', 'PLEDGED', 'MATURED', 'OVERDUE', 'REDEEMED'],
  orders: ['ISSUED', 'ACCEPTED', 'REJECTED', 'CANCELLED'],
  deliveries: ['IN_TRANSIT', 'ARRIVED', 'ACCEPTED'],
  invoices: ['REGISTERED', 'MATCHED', 'CONFIRMED', 'DISPUTED'],
  lots: ['OPEN', 'SHORT'],
  liens: ['PROPOSED', 'EFFECTIVE', 'RELEASED'],
  obligations: ['OPEN', 'PARTLY_PAID', 'PAID'],
  proofs: ['ACCEPTED', 'REVERSED'],
  alerts: ['RAISED', 'ACKED', 'ESCALATED', 'RESOLVED', 'FALSE'],
  proposals: ['OPEN', 'PASSED', 'EXECUTED', 'REJECTED', 'EXPIRED'],
  parties: ['ACTIVE', 'SUSPENDED'],
};

/** A list of one kind of object: filters in the address, any length, live. */
export function ListPage({ segment }: { readonly segment: string }): ComponentChildren {
  const title = tMaybe(`kind.${segment}`) ?? segment;
  return (
    <>
      <PageTitle title={title} />
      {isServed(segment) ? (
        <ObjectList segment={segment} title={title} />
      ) : (
        <Notice title={t('state.notServed.title')}>
          <p>{t('state.notServed.text')}</p>
        </Notice>
      )}
      {segment === 'lots' && <TracedLots />}
    </>
  );
}

/** The list without a heading, for pages that have more than the list. */
export function ObjectList({
  segment,
  title,
}: {
  readonly segment: string;
  readonly title: string;
}): ComponentChildren {
  const known = chainTables.value?.filters.get(segment);
  const filters = useMemo(() => readFilters(known), [known, place.value.query.toString()]);
  const pages = usePages(segment, filters, ({ subject }) => {
    return segmentOfId(subject) === segment || (segment === 'parties' && isPartyId(subject));
  });
  const { rows, problem, hasMore, atHeight } = pages;
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <FilterBar segment={segment} known={known ?? []} filters={filters} />
      {problem !== undefined && rows.length > 0 && <StaleBanner />}
      {problem !== undefined && rows.length === 0 && (
        <ProblemNotice problem={problem} again={pages.reload} />
      )}
      {pages.isLoading && <Loading />}
      {atHeight !== undefined && rows.length === 0 && <Empty filtered={isFiltered} />}
      {pages.redacted > 0 && (
        <p class="muted small">{t('trace.hidden', { count: countText(pages.redacted) })}</p>
      )}
      {rows.length > 0 && (
        <>
          <p class="list-note muted" role="status">
            {t(hasMore ? 'list.countMore' : 'list.count', { count: countText(rows.length) })} ·{' '}
            {t('list.atHeight', { height: countText(atHeight ?? 0) })} · {t('verify.lists')}
            {pages.isOutdated && (
              <button type="button" class="link" onClick={pages.reload}>
                {t('list.newer')}
              </button>
            )}
          </p>
          <VirtualTable
            label={title}
            rows={rows}
            columns={columnsOf(segment, rows)}
            rowKey={({ id }) => id}
            href={({ id }) => pathTo(segment, id)}
            hasMore={hasMore}
            loadMore={pages.loadMore}
          />
        </>
      )}
    </>
  );
}

function readFilters(known: readonly string[] | undefined): Readonly<Record<string, string>> {
  const members = [...place.value.query].filter(([name]) => known?.includes(name) ?? true);
  return Object.fromEntries(members);
}

interface FilterBarProps {
  readonly segment: string;
  readonly known: readonly string[];
  readonly filters: Readonly<Record<string, string>>;
}

function FilterBar({ segment, known, filters }: FilterBarProps): ComponentChildren {
  const states = known.includes('state') ? (statesOf[segment] ?? []) : [];
  const others = Object.entries(filters).filter(([name]) => name !== 'state');
  if (states.length === 0 && others.length === 0) return null;
  return (
    <fieldset class="filters">
      <legend class="sr-only">{fieldName('state')}</legend>
      {states.length > 0 && (
        <FilterButton text={t('list.all')} on={filters.state === undefined} to={{ state: '' }} />
      )}
      {states.map((state) => (
        <FilterButton
          key={state}
          text={stateName(state)}
          on={filters.state === state}
          to={{ state }}
        />
      ))}
      {others.map(([name, value]) => (
        <FilterButton
          key={name}
          on
          text={`${t('list.filteredBy', { field: fieldName(name), value: valueText(value) })} ×`}
          to={{ [name]: '' }}
        />
      ))}
    </fieldset>
  );
}

function FilterButton({
  text,
  on,
  to,
}: {
  readonly text: string;
  readonly on: boolean;
  readonly to: Readonly<Record<string, string>>;
}) {
  const choose = (): void => {
    const query = new URLSearchParams(place.value.query);
    for (const [name, value] of Object.entries(to)) {
      if (value === '') query.delete(name);
      else query.set(name, value);
    }
    replaceQuery(query);
  };
  return (
    <button type="button" class={on ? 'filter on' : 'filter'} aria-pressed={on} onClick={choose}>
      {text}
    </button>
  );
}

function valueText(value: string): string {
  if (isPartyId(value)) return partyName(value);
  return isKnownWord(value) ? stateName(value) : value;
}
