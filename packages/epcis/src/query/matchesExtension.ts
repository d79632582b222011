import {
  assertNever,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@triflow/protocol';
import { canonicalValue, scalarText } from '../canonicalForm.js';
import { expandName } from '../context.js';
import { compareRationals, rationalFromDecimal } from '../decimal.js';
import type { EpcisEvent } from '../document.js';
import { timeMsFromText } from '../eventTime.js';
import { objectsOf, passesOrder } from './comparisons.js';
import type { Comparison, ExtensionPlace, ExtensionTarget, ExtensionTest } from './eventQuery.js';

/** Whether an extension member stands at a place and one of its values passes a test. */
export function matchesExtension(
  event: EpcisEvent,
  target: ExtensionTarget,
  test: ExtensionTest,
): boolean {
  const found: JsonValue[] = [];
  for (const holder of holdersOf(event.json, target.place)) {
    for (const [name, value] of Object.entries(holder)) {
      if (!target.inner && isNamed(name, target, event)) found.push(value);
      if (target.inner && name.includes(':')) collectInside(value, target, event, found);
    }
  }
  if (test.kind === 'exists') return found.length > 0;
  return found.flatMap(elementsOf).some((value) => passes(value, test, event));
}

function holdersOf(json: JsonObject, place: ExtensionPlace): readonly JsonObject[] {
  const elements = () => objectsOf(json.sensorElementList);
  switch (place) {
    case 'event':
      return [json];
    case 'ilmd':
    case 'readPoint':
    case 'bizLocation':
    case 'errorDeclaration':
      return objectsOf([json[place] ?? null]);
    case 'sensorElement':
      return elements();
    case 'sensorMetadata':
      return objectsOf(elements().map((element) => element.sensorMetadata ?? null));
    case 'sensorReport':
      return elements().flatMap((element) => objectsOf(element.sensorReport));
    default:
      return assertNever(place, 'holdersOf');
  }
}

/** A name means the same IRI; one whose prefix nobody declared is compared as it is written. */
function isNamed(name: string, { iri, raw }: ExtensionTarget, { prefixes }: EpcisEvent): boolean {
  if (iri === undefined) return name === raw;
  return (expandName(name, prefixes)?.join('') ?? name) === iri;
}

function collectInside(
  value: JsonValue,
  target: ExtensionTarget,
  event: EpcisEvent,
  found: JsonValue[],
): void {
  if (isJsonArray(value)) {
    for (const item of value) collectInside(item, target, event, found);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (isNamed(name, target, event)) found.push(member);
      collectInside(member, target, event, found);
    }
  }
}

function elementsOf(value: JsonValue): readonly JsonValue[] {
  return isJsonArray(value) ? value.flatMap(elementsOf) : [value];
}

function passes(
  value: JsonValue,
  test: Exclude<ExtensionTest, { kind: 'exists' }>,
  { prefixes }: EpcisEvent,
): boolean {
  if (isJsonObject(value)) return false;
  if (test.kind === 'equal') return test.values.has(canonicalValue(value, prefixes));
  return passesText(scalarText(value), test.text, test.comparison);
}

/** Numbers against numbers, times against times; anything else is in no order. */
function passesText(text: string, limit: string, comparison: Comparison): boolean {
  const number = rationalFromDecimal(text);
  const other = rationalFromDecimal(limit);
  if (number !== undefined && other !== undefined) {
    return passesOrder(compareRationals(number, other), comparison);
  }
  const timeMs = timeMsFromText(text);
  const otherMs = timeMsFromText(limit);
  return timeMs !== undefined && otherMs !== undefined && passesOrder(timeMs - otherMs, comparison);
}
