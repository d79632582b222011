import {
  assertNever,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@triflow/protocol';
import { canonicalValue, canonicalWord, scalarText } from '../canonicalForm.js';
import type { Prefixes } from '../context.js';
import { timeMsFromText } from '../eventTime.js';
import { convertUnit } from '../units.js';
import type { VocabularyName } from '../vocabulary.js';
import { objectsOf, passesNumber, passesTime, rationalOf } from './comparisons.js';
import { matchesEpc } from './epcPattern.js';
import {
  COUNT_UNIT,
  type Condition,
  type EventQuery,
  type RecordedEvent,
  type TimeField,
  type ValueField,
} from './eventQuery.js';
import { matchesAttribute } from './masterData.js';
import { matchesExtension } from './matchesExtension.js';
import { matchesReports } from './matchesReports.js';
import { typedLists } from './parameterTable.js';

type QuantityCondition = Extract<Condition, { kind: 'quantity' }>;

const QUANTITY_LISTS = [
  'quantityList',
  'childQuantityList',
  'inputQuantityList',
  'outputQuantityList',
];

/**
 * Whether an event is what a query asks for: every condition holds (design section 4). Identifiers,
 * words and numbers are compared in canonical form, quantities after exact conversion of units.
 */
export function matchesQuery(recorded: RecordedEvent, query: EventQuery): boolean {
  const { conditions } = query;
  if (!conditions.every((condition) => holdsAlone(recorded, condition))) return false;
  return matchesQuantities(recorded, conditions) && matchesReports(recorded.event, conditions);
}

/** Conditions on reports and quantities hold together, of one report or element: not here. */
function holdsAlone(recorded: RecordedEvent, condition: Condition): boolean {
  const { event } = recorded;
  switch (condition.kind) {
    case 'values':
      return fieldValues(recorded, condition.field).some((value) => condition.values.has(value));
    case 'time': {
      const timeMs = fieldTime(recorded, condition.field);
      return timeMs !== undefined && passesTime(timeMs, condition.test);
    }
    case 'within':
      return placeOf(event.json, condition.field, event.prefixes).some((place) => {
        return condition.roots.some((root) => place === root || place.startsWith(`${root}/`));
      });
    case 'epc':
      return condition.members.some((member) => {
        return identifiersOf(event.json[member], event.prefixes).some((link) => {
          return condition.patterns.some((pattern) => matchesEpc(pattern, link));
        });
      });
    case 'typed':
      return matchesTyped(recorded, condition);
    case 'extension':
      return matchesExtension(event, condition.target, condition.test);
    case 'attribute':
      return matchesAttribute(recorded, condition);
    case 'exists':
      return event.json[condition.member] !== undefined;
    case 'quantity':
    case 'report':
      return true;
    default:
      return assertNever(condition, 'holdsAlone');
  }
}

function fieldValues(recorded: RecordedEvent, field: ValueField): readonly string[] {
  const { json, prefixes } = recorded.event;
  const words = (value: JsonValue | undefined, name: VocabularyName): string[] => {
    return listOf(value).map((item) => canonicalWord(item, name, prefixes));
  };
  switch (field) {
    case 'eventType':
      return valuesIn(json.type, prefixes);
    case 'bizStep':
    case 'disposition':
      return words(json[field], field);
    case 'persistentDisposition_set':
      return words(memberOf(json.persistentDisposition, 'set'), 'disposition');
    case 'persistentDisposition_unset':
      return words(memberOf(json.persistentDisposition, 'unset'), 'disposition');
    case 'readPoint':
    case 'bizLocation':
      return placeOf(json, field, prefixes);
    case 'action':
    case 'transformationID':
      return valuesIn(json[field], prefixes);
    case 'eventID':
      return [...listOf(json.eventID).map(scalarText), recorded.hash];
    case 'errorReason':
      return words(memberOf(json.errorDeclaration, 'reason'), 'errorReason');
    case 'correctiveEventID':
      return listOf(memberOf(json.errorDeclaration, 'correctiveEventIDs')).map(scalarText);
    default:
      return assertNever(field, 'fieldValues');
  }
}

function fieldTime(recorded: RecordedEvent, field: TimeField): number | undefined {
  const { json } = recorded.event;
  switch (field) {
    case 'eventTime':
      return timeMsFromText(scalarText(json.eventTime ?? ''));
    case 'recordTime':
      return recorded.recordTimeMs;
    case 'errorDeclarationTime':
      return timeMsFromText(scalarText(memberOf(json.errorDeclaration, 'declarationTime') ?? ''));
    default:
      return assertNever(field, 'fieldTime');
  }
}

function matchesTyped(
  { event: { json, prefixes } }: RecordedEvent,
  { list, type, values }: Extract<Condition, { kind: 'typed' }>,
): boolean {
  const vocabulary = typedLists.get(list) ?? 'partyType';
  return objectsOf(json[`${list}List`]).some((item) => {
    if (canonicalWord(item.type ?? '', vocabulary, prefixes) !== type) return false;
    return values.has(canonicalValue(item[list] ?? '', prefixes));
  });
}

/** Tests in one unit hold of one element together: they make a range. */
function matchesQuantities(recorded: RecordedEvent, conditions: readonly Condition[]): boolean {
  const tests = conditions.filter((one): one is QuantityCondition => one.kind === 'quantity');
  if (tests.length === 0) return true;
  const { json } = recorded.event;
  const elements = QUANTITY_LISTS.flatMap((name) => objectsOf(json[name]));
  return [...new Set(tests.map(({ unit }) => unit))].every((unit) => {
    const together = tests.filter((one) => one.unit === unit);
    return elements.some((element) => {
      const number = rationalOf(element.quantity);
      const own = typeof element.uom === 'string' ? element.uom : COUNT_UNIT;
      const converted = number && convertUnit(number, own, unit);
      return converted !== undefined && together.every(({ test }) => passesNumber(converted, test));
    });
  });
}

function placeOf(json: JsonObject, field: string, prefixes: Prefixes): string[] {
  return valuesIn(memberOf(json[field], 'id'), prefixes);
}

/** Identifiers of a list, of one member, or of the elements of a quantity list. */
function identifiersOf(value: JsonValue | undefined, prefixes: Prefixes): string[] {
  return listOf(value).map((item) => {
    return canonicalValue(isJsonObject(item) ? (item.epcClass ?? '') : item, prefixes);
  });
}

function valuesIn(value: JsonValue | undefined, prefixes: Prefixes): string[] {
  return listOf(value).map((item) => canonicalValue(item, prefixes));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return isJsonArray(value) ? value : [value];
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
