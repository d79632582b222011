import { indexText, traceEvents } from '@triflow/contracts/schemas';
import { canonicalValue, canonicalWord, standardPrefixes, vocabularies } from '@triflow/epcis';
import { limits } from '@triflow/protocol';
import type { EventView } from './eventView.js';

/** The index of `trace/event` behind each collection. */
const collectionIndexes: ReadonlyMap<string, string> = new Map([
  ['eventTypes', 'type'],
  ['epcs', 'epc'],
  ['bizSteps', 'bizStep'],
  ['bizLocations', 'bizLocation'],
  ['readPoints', 'readPoint'],
  ['dispositions', 'disposition'],
]);
/** Behind every key of an event, which is hexadecimal. */
const BEHIND_KEYS = '~';

export interface ValuePage {
  readonly values: readonly string[];
  readonly next: string | undefined;
}

/** The values that a collection has in events which the reader may see, in their text's order. */
export async function readValues(
  view: EventView,
  collection: string,
  options: { readonly after: string | undefined; readonly limit: number },
): Promise<ValuePage> {
  const index = collectionIndexes.get(collection) ?? '';
  const values: string[] = [];
  let last = options.after;
  for (let looked = 0; looked < limits.epcisScanMax; looked += 1) {
    const after = last === undefined ? {} : { after: `${last}/${BEHIND_KEYS}` };
    const [entry] = await view.entries({ index, limit: 1, ...after });
    if (entry === undefined) return { values, next: undefined };
    const isSeen = await isVisible(view, index, entry.value);
    if (isSeen && values.length === options.limit) return { values, next: last };
    if (isSeen) values.push(shortForm(collection, decodeURIComponent(entry.value)));
    last = entry.value;
  }
  return { values, next: last };
}

/** Whether some event that the reader may see has this value. */
export async function hasValue(
  view: EventView,
  collection: string,
  value: string,
): Promise<boolean> {
  const index = collectionIndexes.get(collection) ?? '';
  const canonical = canonicalOf(collection, value);
  if (canonical.length > limits.indexTextMax) return false;
  return isVisible(view, index, indexText(canonical));
}

async function isVisible(view: EventView, index: string, value: string): Promise<boolean> {
  const found = await view.reader.list(traceEvents, { index: { name: index, value }, limit: 1 });
  return found.length > 0;
}

function canonicalOf(collection: string, value: string): string {
  if (collection === 'bizSteps') return canonicalWord(value, 'bizStep', standardPrefixes);
  if (collection === 'dispositions') return canonicalWord(value, 'disposition', standardPrefixes);
  return collection === 'eventTypes' ? value : canonicalValue(value, standardPrefixes);
}

/** A word of the standard's lists is answered bare, as events write it. */
function shortForm(collection: string, value: string): string {
  const name = collection === 'bizSteps' ? 'bizStep' : 'disposition';
  if (collection !== 'bizSteps' && collection !== 'dispositions') return value;
  const { base, words } = vocabularies[name];
  const word = value.startsWith(base) ? value.slice(base.length) : '';
  return words.has(word) ? word : value;
}
