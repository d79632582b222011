import { isJsonArray, isJsonObject, type JsonValue } from '@triflow/protocol';
import { canonicalValue, canonicalWord } from '../canonicalForm.js';
import { expandName } from '../context.js';
import type { EpcisEvent } from '../document.js';
import type { VocabularyName } from '../vocabulary.js';
import { objectsOf } from './comparisons.js';
import type { Condition, EventQuery, RecordedEvent } from './eventQuery.js';

type AttributeCondition = Extract<Condition, { kind: 'attribute' }>;

/** Standard fields of a vocabulary type; an extension field `p:name` stands at the event's top. */
export const vocabularyFields = [
  'readPoint',
  'bizLocation',
  'source',
  'destination',
  'bizTransaction',
  'bizStep',
  'disposition',
  'epcClass',
] as const;

type VocabularyField = (typeof vocabularyFields)[number];

const QUANTITY_LISTS = [
  'quantityList',
  'childQuantityList',
  'inputQuantityList',
  'outputQuantityList',
];

/** Elements of vocabularies whose attributes a query asks for, in canonical form, each once. */
export function masterDataIds(event: EpcisEvent, { conditions }: EventQuery): readonly string[] {
  const asked = conditions.filter((one): one is AttributeCondition => one.kind === 'attribute');
  return [...new Set(asked.flatMap(({ field }) => elementsOf(event, field)))];
}

/** HASATTR_, EQATTR_: an element of the field has the attribute, with one of the values. */
export function matchesAttribute(
  { event, masterData }: RecordedEvent,
  { field, names, values }: AttributeCondition,
): boolean {
  return elementsOf(event, field).some((id) => {
    const attributes = masterData?.get(id);
    return [...names].some((name) => {
      const found = attributes?.get(name);
      return found !== undefined && (values === undefined || found.some((one) => values.has(one)));
    });
  });
}

function elementsOf({ json, prefixes }: EpcisEvent, field: string): string[] {
  const canonical = (value: JsonValue | undefined): string[] => {
    return listOf(value).map((item) => canonicalValue(item, prefixes));
  };
  const word = (name: VocabularyName): string[] => {
    return listOf(json[name]).map((item) => canonicalWord(item, name, prefixes));
  };
  if (!isVocabularyField(field)) {
    const named = Object.entries(json).filter(([name]) => {
      return name.includes(':') && (expandName(name, prefixes)?.join('') ?? name) === field;
    });
    return named.flatMap(([, value]) => canonical(value));
  }
  switch (field) {
    case 'readPoint':
    case 'bizLocation': {
      const place = json[field];
      return canonical(isJsonObject(place) ? place.id : undefined);
    }
    case 'bizStep':
    case 'disposition':
      return word(field);
    case 'epcClass':
      return QUANTITY_LISTS.flatMap((name) => objectsOf(json[name])).flatMap((element) => {
        return canonical(element.epcClass);
      });
    default:
      return objectsOf(json[`${field}List`]).flatMap((item) => canonical(item[field]));
  }
}

function isVocabularyField(field: string): field is VocabularyField {
  return vocabularyFields.some((one) => one === field);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return isJsonArray(value) ? value : [value];
}
