import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { fullPartyName, partyName } from '../data/partyNames.js';
import type { Row } from '../data/readLists.js';
import { percentText } from '../format/amounts.js';
import { isPartyId, shortId } from '../format/ids.js';
import { changeText } from '../format/summaries.js';
import { fieldName, stateName } from '../format/words.js';
import { t } from '../messages/translate.js';
import { StateChip, stateOf } from '../parts/chip.js';
import { LtvBar } from '../parts/ltvBar.js';
import { contextOf, isShort, Value } from '../parts/value.js';
import type { Column } from '../parts/virtualTable.js';

type RowColumn = Column<Row>;

/** Members that each kind's list shows between number and state. */
const shownMembers: Readonly<Record<string, readonly string[]>> = {
  receipts: ['goods', 'quantity', 'holder', 'warehouse'],
  pledges: ['pledgor', 'lender', 'debt', 'ltv'],
  receivables: ['face', 'debtor', 'holder', 'maturity', 'tier'],
  orders: ['buyer', 'seller', 'goods', 'total'],
  deliveries: ['order', 'buyer', 'custodian', 'deliveredDay'],
  invoices: ['number', 'seller', 'buyer', 'amount', 'paymentDueDay'],
  lots: ['sku', 'onHand', 'receipted', 'warehouse'],
  tracedLots: ['name', 'maker', 'quantity', 'expiryDay'],
  liens: ['asset', 'class', 'holder', 'securedMax'],
  obligations: ['debtor', 'creditor', 'amount', 'due'],
  proofs: ['payer', 'payee', 'amount', 'valueDay'],
  prices: ['sku', 'price', 'observed'],
  alerts: ['kind', 'asset', 'severity', 'owner', 'resolveBy'],
  devices: ['owner', 'boundTo', 'kinds'],
  proposals: ['change', 'proposer', 'inForceFrom'],
  units: ['lot', 'maker', 'custodian', 'parent'],
};

const AMOUNTS = /^(debt|face|total|amount|securedMax)$/;
const WIDE = /^(kind|change|resolveBy|raisedAt)$/;
const SMALL = /^(tier|severity|ltv)$/;
const NUMERIC = /^(quantity|debt|ltv|face|total|amount|onHand|receipted|securedMax|price|tier)$/;
/** What is not said of every record of a kind. */
const OPTIONAL = new Set(['inForceFrom', 'parent', 'custodian', 'expiryDay']);
/** What every list leaves to the record's own page. */
const SKIPPED = new Set(['id', 'version', 'state', 'name']);
const GENERIC_MAX = 4;

/** The columns of a kind's list; a kind that has none of its own shows its first members. */
export function columnsOf(segment: string, rows: readonly Row[]): readonly RowColumn[] {
  if (segment === 'parties') return partyColumns();
  const members = shownMembers[segment] ?? firstMembers(rows);
  return [
    {
      key: 'id',
      title: fieldName('id'),
      width: 'minmax(9rem, 1fr)',
      cell: ({ id }) => <span title={id}>{shortId(id)}</span>,
    },
    ...members.map(
      (member): RowColumn => ({
        key: member,
        title: titleOf(member),
        width: widthOf(member),
        numeric: NUMERIC.test(member),
        cell: (row) => cellOf(member, row.data),
      }),
    ),
    {
      key: 'state',
      title: fieldName('state'),
      width: 'minmax(9.5rem, 0.8fr)',
      cell: ({ data }) => <StateChip state={stateOf(data)} />,
    },
  ];
}

function widthOf(member: string): string {
  if (AMOUNTS.test(member)) return 'minmax(10.5rem, 1.1fr)';
  if (WIDE.test(member)) return 'minmax(12rem, 1.6fr)';
  return SMALL.test(member) ? 'minmax(5.5rem, 0.6fr)' : 'minmax(8rem, 1.3fr)';
}

function partyColumns(): readonly RowColumn[] {
  return [
    {
      key: 'name',
      title: fieldName('name'),
      width: 'minmax(12rem, 2fr)',
      cell: ({ id, data }) => <strong>{nameOf(id, data)}</strong>,
    },
    {
      key: 'roles',
      title: fieldName('roles'),
      width: 'minmax(9rem, 1.4fr)',
      cell: ({ data }) => rolesText(data.roles),
    },
    {
      key: 'id',
      title: fieldName('id'),
      width: 'minmax(11rem, 1.4fr)',
      cell: ({ id }) => <code>{id}</code>,
    },
    {
      key: 'state',
      title: fieldName('state'),
      width: 'minmax(6rem, 0.6fr)',
      cell: ({ data }) => <StateChip state={stateOf(data)} />,
    },
  ];
}

function nameOf(id: string, data: Row['data']): string {
  return fullPartyName(id) === undefined ? String(data.name ?? id) : partyName(id);
}

/** Roles as words, joined. */
export function rolesText(roles: unknown): string {
  return Array.isArray(roles) ? roles.map((role) => stateName(String(role))).join(', ') : '';
}

function firstMembers(rows: readonly Row[]): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  return Object.entries(first.data)
    .filter(([name, value]) => !SKIPPED.has(name) && isShort(value) && !/hash|Hash/.test(name))
    .map(([name]) => name)
    .slice(0, GENERIC_MAX);
}

function titleOf(member: string): string {
  if (member === 'total') return fieldName('amount');
  if (member === 'ltv') return t('pledge.ltv');
  if (member === 'price') return t('pledge.price');
  if (member === 'observed') return fieldName('observedAt');
  return fieldName(member);
}

function cellOf(member: string, data: Row['data']): ComponentChildren {
  if (member === 'goods') return goodsOf(data);
  if (member === 'custodian' && isRecord(data.top)) return cellOf(member, data.top);
  if (member === 'change') return changeText(data.change);
  if (OPTIONAL.has(member) && data[member] === undefined) return '–';
  if (member === 'ltv') return ltvOf(data);
  if (member === 'asset' && isRecord(data.asset)) return <Value name="id" value={data.asset.id} />;
  if (member === 'debt') return debtOf(data);
  if (member === 'total') return totalOf(data);
  if (member === 'price' || member === 'observed') return priceOf(member, data);
  const value = data[member];
  if (typeof value === 'string' && isPartyId(value)) return partyName(value);
  return <Value name={member} value={value} context={contextOf(data)} />;
}

function goodsOf({ items, lines, sku }: Row['data']): ComponentChildren {
  if (isRecord(items) && isRecord(items.goods)) return String(items.goods.variety ?? '');
  const [line] = Array.isArray(lines) ? lines.filter(isRecord) : [];
  return String(line?.sku ?? sku ?? '');
}

function ltvOf({ valuation, ...data }: Row['data']): ComponentChildren {
  if (!isRecord(valuation) || typeof valuation.ltvBps !== 'number') return '–';
  return (
    <span class="ltv-cell">
      <span>{percentText(valuation.ltvBps)}</span>
      <LtvBar facility={data} ltvBps={valuation.ltvBps} small />
    </span>
  );
}

function debtOf(data: Row['data']): ComponentChildren {
  const principal = isRecord(data.debt) ? data.debt.principalMinor : undefined;
  return <Value name="principalMinor" value={principal} context={contextOf(data)} />;
}

/** Ordered quantity times price, when all lines are whole. */
function totalOf({ lines, currency }: Row['data']): ComponentChildren {
  if (!Array.isArray(lines) || typeof currency !== 'string') return '–';
  let minor = 0n;
  for (const line of lines.filter(isRecord)) {
    const { ordered, unitPrice } = line;
    if (!isRecord(ordered) || !isRecord(unitPrice)) return '–';
    const scale = Number(ordered.scale ?? 0) + Number(unitPrice.scale ?? 0);
    const product = BigInt(String(ordered.value)) * BigInt(String(unitPrice.value));
    minor += product / 10n ** BigInt(scale);
  }
  return <Value name="minor" value={{ minor: String(minor), currency }} />;
}

function priceOf(member: string, data: Row['data']): ComponentChildren {
  const { current, currency, unit, scale } = data;
  if (!isRecord(current)) return '–';
  if (member === 'observed') return <Value name="observedAt" value={current.observedAt} />;
  return <Value name="price" value={{ value: current.value, currency, unit, scale }} />;
}
