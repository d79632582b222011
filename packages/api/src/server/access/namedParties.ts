import { isObjectId, isPartyId } from '@triflow/protocol';

/** Every party whose id stands somewhere in a value; bytes are not looked into. */
export function namedParties(value: unknown, found: Set<string> = new Set()): Set<string> {
  return gather(value, isPartyId, found);
}

/** Every object whose id stands somewhere in a value. */
export function namedObjects(value: unknown): Set<string> {
  return gather(value, (text) => isObjectId(text), new Set());
}

/** The object ids among the parts of a key. */
export function objectsInKey(parts: readonly string[]): readonly string[] {
  return parts.filter((part) => isObjectId(part));
}

function gather(value: unknown, fits: (text: string) => boolean, found: Set<string>): Set<string> {
  if (typeof value === 'string') {
    if (fits(value)) found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) gather(item, fits, found);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const member of Object.values(value)) gather(member, fits, found);
  }
  return found;
}
