import { isRecord } from '../data/nodeApi.js';
import { partyName } from '../data/partyNames.js';
import { isMoney, isQuantity, moneyText, quantityText } from './amounts.js';
import { stateName } from './words.js';

type Data = Readonly<Record<string, unknown>>;

/** A record in a few words, to stand beside its number: what it is over, and whose it is. */
export function noteOf(segment: string, data: Data): string {
  const parts = makers[segment]?.(data) ?? [];
  return parts.filter((part) => part !== '').join(' · ');
}

const makers: Readonly<Record<string, (data: Data) => readonly string[]>> = {
  receipts: ({ items, quantity }) => [goods(items), amount(quantity)],
  pledges: ({ lender, limit }) => [party(lender), amount(limit)],
  receivables: ({ face, holder }) => [amount(face), party(holder)],
  orders: ({ buyer, seller }) => [`${party(buyer)} ← ${party(seller)}`],
  deliveries: ({ custodian }) => [party(custodian)],
  invoices: ({ amount: face, seller }) => [amount(face), party(seller)],
  lots: ({ sku, onHand }) => [String(sku ?? ''), amount(onHand)],
  liens: ({ class: kind, holder }) => [word(kind), party(holder)],
  obligations: ({ amount: face, debtor }) => [amount(face), party(debtor)],
  proofs: ({ amount: face, payee }) => [amount(face), `→ ${party(payee)}`],
  alerts: ({ kind, asset }) => [word(kind), idOf(asset)],
  prices: ({ sku }) => [String(sku ?? '')],
  devices: ({ owner }) => [party(owner)],
  proposals: ({ change }) => [isRecord(change) ? word(change.kind) : ''],
};

const party = (value: unknown): string => (typeof value === 'string' ? partyName(value) : '');
const word = (value: unknown): string => (typeof value === 'string' ? stateName(value) : '');
const idOf = (value: unknown): string => String((isRecord(value) ? value.id : value) ?? '');

function amount(value: unknown): string {
  if (isMoney(value)) return moneyText(value);
  return isQuantity(value) ? quantityText(value) : '';
}

function goods(items: unknown): string {
  return isRecord(items) && isRecord(items.goods) ? String(items.goods.variety ?? '') : '';
}
