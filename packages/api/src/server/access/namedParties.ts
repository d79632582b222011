import { isObjectId, isPartyId } from '@triflow/protocol';

/** Every party whose id stands somewhere in a value; bytes are not looked into. */
export function namedParties(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') {
    if (isPartyId(value)) found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) namedParties(item, found);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const member of Object.values(value)) namedParties(member, found);
  }
  return found;
}

/** The object ids among the parts of a key. */
export function objectsInKey(parts: readonly string[]): readonly string[] {
  return parts.filter((part) => isObjectId(part));
}
