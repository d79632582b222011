import { isPartyId, type PartyId } from '@triflow/protocol';
import type { RankCase } from './rankCase.js';
import type { Lien, LienClass } from './schema.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Day 20,000 of the Beijing calendar at 10:00. */
const BASE_MS = 20_000 * DAY_MS + 2 * HOUR_MS;

/** Ten o'clock on a day, counted from the samples' first. */
export function onDay(day: number): number {
  return BASE_MS + day * DAY_MS;
}

/** The number of that day. */
export function dayNumber(day: number): number {
  return 20_000 + day;
}

export function party(name: string): PartyId {
  const id = `uscc:${name}`;
  if (!isPartyId(id)) throw new TypeError(`no party id: ${id}`);
  return id;
}

/** An effective lien on goods; publicity as given. */
export function sampleLien(id: string, lienClass: LienClass, extra: Partial<Lien> = {}): Lien {
  return {
    id: `ln_${id}`,
    asset: { kind: 'lot', id: 'lt_1' },
    class: lienClass,
    grantor: party('OWNER'),
    holder: party(`BANK-${id}`),
    securedMax: { minor: 1_000n, currency: 'CNY' },
    debtRef: `po_${id}`,
    exclusive: false,
    state: 'EFFECTIVE',
    publicity: {},
    origin: `ln_${id}`,
    children: [],
    createdAt: onDay(0),
    version: 1,
    ...extra,
  };
}

/** Registered at ten o'clock on a day, for ten years. */
export function registered(day: number, validTo = 3_650): Lien['publicity'] {
  return {
    registrationNo: `R-${day}`,
    registeredAt: onDay(day),
    registryValidTo: dayNumber(validTo),
  };
}

/** A contest over one owner's goods, long after all that happened. */
export function contestOver(liens: readonly Lien[], extra: Partial<RankCase> = {}): RankCase {
  const goods = {
    owners: [party('OWNER')],
    sku: 'CRUDE',
    warehouse: party('KEEPER'),
    since: onDay(-100),
  };
  const asset = 'lt_1';
  return { subject: 'goods', asset, timeMs: onDay(300), liens, goods, holidays: [], ...extra };
}
