import { base64UrlFromBytes, type EventAnswer } from '@triflow/api/routes';
import { type CborMap, type CborValue, isCborMap, type LedgerEvent } from '@triflow/protocol';

/**
 * A proved event in the JSON form that nodes give events in: amounts of money, quantity and price
 * are decimal text, other integers numbers within 53 bits and text beyond, bytes base64url.
 */
export function jsonFromLedgerEvent({ contract, type, subject, data }: LedgerEvent): EventAnswer {
  return { contract, type, subject, data: jsonFromLedgerMap(data) };
}

/** Canonical data without a schema in the JSON form of the API. */
export function jsonFromLedgerMap(map: CborMap): Record<string, unknown> {
  const amount = amountOf(map);
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(map)) {
    if (member === undefined) continue;
    members[name] = name === amount ? String(member) : jsonFromValue(member);
  }
  return members;
}

function jsonFromValue(value: CborValue): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Uint8Array) return base64UrlFromBytes(value);
  if (Array.isArray(value)) return value.map((item: CborValue) => jsonFromValue(item));
  return isCborMap(value) ? jsonFromLedgerMap(value) : value;
}

function amountOf(map: CborMap): string | undefined {
  if (isInteger(map.minor) && map.currency !== undefined) return 'minor';
  const scaled = map.unit !== undefined && map.scale !== undefined;
  return isInteger(map.value) && scaled ? 'value' : undefined;
}

function isInteger(value: CborValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}
