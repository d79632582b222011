import {
  compareText,
  type Day,
  limits,
  type PartyId,
  type Status,
  type TimeMs,
} from '@triflow/protocol';
import { holidaysAt } from '../holidays.js';
import type { RecordView } from '../readThrough.js';
import { findLot, findReceipt, openReceiptIds } from '../warehouse-receipt/internal.js';
import { liens, onAsset } from './keys.js';
import type { Lien } from './schema.js';
import { status } from './statusCodes.js';

/** All that decides an order: the liens that meet on an asset, the day, the goods, the calendar. */
export interface RankCase {
  readonly subject: 'goods' | 'claim';
  readonly asset: string;
  readonly timeMs: TimeMs;
  readonly liens: readonly Lien[];
  readonly goods?: RankedGoods;
  /** Parameter `calendar.holidays` (R6). */
  readonly holidays: readonly Day[];
}

/** By whom, since when and where goods are held: to see what a floating lien covers. */
export interface RankedGoods {
  readonly owners: readonly PartyId[];
  readonly sku: string;
  readonly warehouse: PartyId;
  readonly since: TimeMs;
}

/**
 * The contest over an asset (domain 3.6): the liens on it, its lot, the open receipts of the lot,
 * and floating liens of whoever holds it. A receipt of a lot that is not short stands for a share
 * of its own, which the lot's other receipts do not touch (Interp. 59(3) speaks of several
 * receipts for the same goods). Bounded: at most `limits.liensRankedMax` liens.
 */
export function loadRankCase(view: RecordView, asset: string): RankCase | Status {
  const { assets, goods } = contestOf(view, asset);
  const found = new Map<string, Lien>();
  for (const one of assets) {
    for (const { lien } of view.get(onAsset, one)?.liens ?? []) {
      const record = view.get(liens, lien);
      if (record !== undefined) found.set(record.id, record);
      if (found.size > limits.liensRankedMax) return status('bound_exceeded');
    }
  }
  const { timeMs } = view;
  const subject = asset.startsWith('rv_') ? 'claim' : 'goods';
  const base = { subject, asset, timeMs, liens: [...found.values()], holidays: holidaysAt(view) };
  return goods === undefined ? { ...base, subject } : { ...base, subject, goods };
}

function contestOf(
  view: RecordView,
  asset: string,
): { readonly assets: readonly string[]; readonly goods?: RankedGoods } {
  const receipt = asset.startsWith('wr_') ? findReceipt(view, asset) : undefined;
  const lot = findLot(view, receipt?.lot ?? asset);
  if (lot === undefined) return { assets: [asset] };
  const all = receipt === undefined || lot.state === 'SHORT';
  const receipts = all ? openReceiptIds(view, lot.id) : [asset];
  const holders = receipts.map((id) => findReceipt(view, id)?.holder);
  const named = all ? [lot.owner, ...holders] : [receipt?.holder];
  const owners = [...new Set(named)].filter((owner) => owner !== undefined).sort(compareText);
  const assets = [...new Set([asset, lot.id, ...receipts, ...owners])];
  const since = receipt?.heldSince ?? receipt?.issuedAt ?? lot.createdAt;
  const { sku, warehouse } = lot;
  return { assets, goods: { owners, sku, warehouse, since } };
}
