import type { ComponentChildren } from 'preact';
import { chainTables } from '../data/contractTables.js';
import { getJson, isRecord } from '../data/nodeApi.js';
import { inLanguage } from '../data/partyNames.js';
import { type ObjectAnswer, type Row, readLinked, readObject } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText, moneyText } from '../format/amounts.js';
import { shortId } from '../format/ids.js';
import { timeText } from '../format/times.js';
import { stateName } from '../format/words.js';
import { t, tMaybe } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { ProofPanel } from '../parts/proofPanel.js';
import { Settled } from '../parts/states.js';
import { Tile } from '../parts/tile.js';
import { Facts } from '../parts/value.js';
import { rolesText } from './columns.js';
import { History, RawRecord } from './objectPage.js';
import { PageTitle } from './pageTitle.js';
import { PartyKeys } from './partyKeys.js';

/** Filters by which kinds of records name a party. */
const PARTY_FILTERS = [
  'party',
  'holder',
  'warehouse',
  'lender',
  'pledgor',
  'supervisor',
  'debtor',
  'creditor',
  'grantor',
  'owner',
  'oracle',
  'proposer',
];

/** A company: who it is, with which keys it signs, what it owes, what names it. */
export function PartyPage({ id }: { readonly id: string }): ComponentChildren {
  const loaded = useLoad(`object/parties/${id}`, (signal) => readObject('parties', id, signal), {
    changedBy: ({ subject }) => subject === id,
  });
  const name = loaded.value?.data.name;
  return (
    <>
      <PageTitle title={typeof name === 'string' ? inLanguage(name) : id} kind={t('one.parties')}>
        <StateChip state={loaded.value?.data.state} />
      </PageTitle>
      <Settled loaded={loaded}>{(answer) => <PartyBody answer={answer} />}</Settled>
    </>
  );
}

function PartyBody({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  const { id, data, height } = answer;
  return (
    <>
      <div class="summary">
        <p>
          <strong>{String(data.name ?? '')}</strong> · {rolesText(data.roles)}
        </p>
        <p class="muted">
          <code>{id}</code> · {t('party.since')} {timeText(String(data.registeredAt ?? ''))}
          {typeof data.sizeClass === 'string' && ` · ${stateName(data.sizeClass)}`}
        </p>
        <RunsValidators id={id} />
      </div>
      <ProofPanel name={id} shown={data} at={height} />
      <PartyRecords id={id} />
      <div class="columns">
        <PartyKeys party={id} keyIds={Array.isArray(data.keyIds) ? data.keyIds.map(String) : []} />
        <section aria-labelledby="facts-title">
          <h2 id="facts-title">{t('object.facts')}</h2>
          <Facts record={data} hidden={['id', 'name', 'state', 'keyIds', 'version']} />
        </section>
      </div>
      <History segment="parties" id={id} />
      <RawRecord answer={answer} />
    </>
  );
}

function RunsValidators({ id }: { readonly id: string }): ComponentChildren {
  const loaded = useLoad('validators', (signal) => {
    return getJson<{ validators: { id: string; party: string }[] }>('/v1/validators', signal);
  });
  const own = loaded.value?.validators.filter(({ party }) => party === id) ?? [];
  if (own.length === 0) return null;
  return <p>{t('party.validator', { id: own.map((one) => one.id).join(', ') })}</p>;
}

interface Found {
  readonly segment: string;
  readonly row: Row;
}

/** What names a party, by kind, with sums of what it owes and is owed. */
function PartyRecords({ id }: { readonly id: string }): ComponentChildren {
  const tables = chainTables.value;
  const loaded = useLoad(
    `party-records/${id}/${tables === undefined ? '' : 'known'}`,
    (signal) => readLinked(listsNaming(id), signal),
    { changedBy: ({ data }) => JSON.stringify(data).includes(id) },
  );
  return (
    <Settled loaded={loaded}>
      {(found) => (
        <>
          <Exposure id={id} found={found} />
          <section aria-labelledby="records-title">
            <h2 id="records-title">{t('party.records')}</h2>
            {found.length === 0 ? <p class="muted">{t('none')}</p> : <ByKind found={found} />}
          </section>
        </>
      )}
    </Settled>
  );
}

function listsNaming(id: string) {
  const all = [...(chainTables.value?.filters ?? [])];
  return all.flatMap(([segment, filters]) => {
    const naming = filters.includes('party') ? ['party'] : filters;
    return naming
      .filter((filter) => PARTY_FILTERS.includes(filter))
      .map((filter) => ({ segment, query: { [filter]: id } }));
  });
}

function ByKind({ found }: { readonly found: readonly Found[] }): ComponentChildren {
  const kinds = new Map<string, Row[]>();
  for (const { segment, row } of found) kinds.set(segment, [...(kinds.get(segment) ?? []), row]);
  return (
    <ul class="by-kind">
      {[...kinds].map(([segment, rows]) => (
        <li key={segment}>
          <h3>
            {tMaybe(`kind.${segment}`) ?? segment}{' '}
            <span class="muted">{countText(rows.length)}</span>
          </h3>
          <ul class="related">
            {rows.slice(0, 12).map((row) => (
              <li key={row.id}>
                <a class="id" href={pathTo(segment, row.id)} title={row.id}>
                  {shortId(row.id)}
                </a>
                <StateChip state={row.data.state} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** Sums over what this reader sees, each currency by itself. */
function Exposure({
  id,
  found,
}: {
  readonly id: string;
  readonly found: readonly Found[];
}): ComponentChildren {
  const figures = [
    ['party.asDebtor', sumsOf(found, 'obligations', ({ debtor }) => debtor === id)],
    ['party.asCreditor', sumsOf(found, 'obligations', ({ creditor }) => creditor === id)],
    ['party.asLender', sumsOf(found, 'pledges', ({ lender }) => lender === id)],
    ['party.asPledgor', sumsOf(found, 'pledges', ({ pledgor }) => pledgor === id)],
  ] as const;
  const shown = figures.filter(([, sums]) => sums.size > 0);
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="exposure-title">
      <h2 id="exposure-title">{t('party.exposure')}</h2>
      <div class="tiles">
        {shown.map(([name, sums]) => (
          <Tile
            key={name}
            name={t(name)}
            value={[...sums].map(([currency, minor]) => (
              <span key={currency} class="amount">
                {moneyText({ minor: String(minor), currency })}
              </span>
            ))}
          />
        ))}
      </div>
      <p class="muted small">{t('party.exposureNote')}</p>
    </section>
  );
}

/** What is still to be paid, by currency. */
function sumsOf(
  found: readonly Found[],
  segment: string,
  concerns: (data: Row['data']) => boolean,
): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { segment: kind, row } of found) {
    if (kind !== segment || !concerns(row.data)) continue;
    const amount = kind === 'pledges' ? row.data.limit : row.data.amount;
    const currency = isRecord(amount) ? String(amount.currency) : '';
    const open = kind === 'pledges' ? principalOf(row.data) : unpaidOf(row.data);
    if (open > 0n) sums.set(currency, (sums.get(currency) ?? 0n) + open);
  }
  return sums;
}

function principalOf({ debt }: Row['data']): bigint {
  return BigInt(isRecord(debt) ? String(debt.principalMinor ?? '0') : '0');
}

function unpaidOf({ amount, paidMinor }: Row['data']): bigint {
  const whole = BigInt(isRecord(amount) ? String(amount.minor ?? '0') : '0');
  return whole - BigInt(String(paidMinor ?? '0'));
}
