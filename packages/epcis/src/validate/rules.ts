import {
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonObject,
  type JsonValue,
  joinPointer,
} from '@triflow/protocol';
import { timeMsFromText } from '../eventTime.js';
import { addFault, type EpcisFault } from '../faults.js';
import { type VocabularyName, vocabularies } from '../vocabulary.js';

/** Looks at one value and notes what is wrong with it, at its JSON pointer. */
export type Rule = (value: JsonValue, path: string, faults: EpcisFault[]) => void;

export interface ObjectShape {
  readonly members: Readonly<Record<string, Rule>>;
  readonly required?: readonly string[];
  /** Which other members may stand there: none, those with a colon, or any. */
  readonly others: 'none' | 'prefixed' | 'any';
}

/** A scheme and something after it; a prefixed name such as `cbv:BizStep-x` is a URI as well. */
const URI_START = /^[A-Za-z][A-Za-z0-9+.-]*:./s;
/** What RFC 3986 has no place for. */
const NOT_IN_URI = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})/;
const ZONE_OFFSET = /^[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)$/;
const UNIT = /^[A-Z0-9]{2,3}$/;
const VERSION = /^[0-9]+(?:\.[0-9]+)*$/;
const HEXADECIMAL = /^[0-9A-Fa-f]+$/;
const OLD_CBV = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/;
const GS1_VOCABULARY = /^https?:\/\/(?:www\.)?gs1\.org\/voc\//;
const ACTIONS: ReadonlySet<string> = new Set(['ADD', 'OBSERVE', 'DELETE']);

/** Takes anything. */
export const anything: Rule = () => {};

export const text: Rule = matching('value_has_wrong_type', 'text', () => true);
export const uri: Rule = matching('uri_malformed', 'an absolute URI', isUri);
export const time: Rule = matching(
  'time_malformed',
  'an RFC 3339 time with a zone',
  (value) => timeMsFromText(value) !== undefined,
);
export const zoneOffset: Rule = matching(
  'zone_offset_malformed',
  'an offset from -14:00 to +14:00',
  (value) => ZONE_OFFSET.test(value),
);
export const action: Rule = matching('action_unknown', 'ADD, OBSERVE or DELETE', (value) =>
  ACTIONS.has(value),
);
export const unitOfMeasure: Rule = matching(
  'unit_malformed',
  'a UN/ECE Rec 20 unit code',
  (value) => UNIT.test(value),
);
export const hexadecimal: Rule = matching('hex_malformed', 'hexadecimal digits', (value) =>
  HEXADECIMAL.test(value),
);
export const version: Rule = matching('version_malformed', 'a version such as 2.0', (value) =>
  VERSION.test(value),
);

/** A JSON number. */
export const decimal: Rule = (value, path, faults) => {
  if (value instanceof JsonNumeral) return;
  addFault(faults, 'value_has_wrong_type', path, 'a number is wanted here');
};

/** `true` or `false`. */
export const boolean: Rule = (value, path, faults) => {
  if (typeof value === 'boolean') return;
  addFault(faults, 'value_has_wrong_type', path, 'true or false is wanted here');
};

/** A bare word of a list, or a URI that is not an old spelling of the list (design section 3). */
export function word(name: VocabularyName): Rule {
  return wordRule(name, false);
}

/** As `word`, but other bare words pass too, as well-known documents have them. */
export function looseWord(name: VocabularyName): Rule {
  return wordRule(name, true);
}

/** A text of a fixed set, such as a document's type. */
export function oneOf(...words: readonly string[]): Rule {
  return matching('word_unknown', words.join(' or '), (value) => words.includes(value));
}

/** An array whose elements keep a rule. */
export function list(
  element: Rule,
  options: { readonly filled?: boolean; readonly unique?: boolean } = {},
): Rule {
  return (value, path, faults) => {
    if (!isJsonArray(value)) {
      addFault(faults, 'value_has_wrong_type', path, 'an array is wanted here');
      return;
    }
    if (options.filled && value.length === 0)
      addFault(faults, 'list_is_empty', path, 'at least one');
    const seen = new Set<JsonValue>();
    for (const [index, item] of value.entries()) {
      const at = joinPointer(path, index);
      element(item, at, faults);
      if (options.unique && seen.has(item))
        addFault(faults, 'list_has_duplicate', at, 'listed twice');
      seen.add(item);
    }
  };
}

/** One value, or an array of such. */
export function oneOrMore(element: Rule): Rule {
  const several = list(element);
  return (value, path, faults) => (isJsonArray(value) ? several : element)(value, path, faults);
}

/** An object with known members; then whatever else must hold of it as a whole. */
export function object(
  shape: ObjectShape,
  whole?: (value: JsonObject, path: string, faults: EpcisFault[]) => void,
): Rule {
  const rules = new Map(Object.entries(shape.members));
  return (value, path, faults) => {
    if (!isJsonObject(value)) {
      addFault(faults, 'value_has_wrong_type', path, 'an object is wanted here');
      return;
    }
    for (const name of shape.required ?? []) {
      if (value[name] === undefined) missing(faults, 'member_missing', path, name);
    }
    for (const [name, member] of Object.entries(value)) {
      const rule = rules.get(name);
      const at = joinPointer(path, name);
      if (rule !== undefined) rule(member, at, faults);
      else if (!mayStand(shape, name))
        addFault(faults, 'member_unknown', at, 'no such member here');
    }
    whole?.(value, path, faults);
  };
}

/** Notes that a member is absent, pointing at where it should stand. */
export function missing(faults: EpcisFault[], code: string, path: string, name: string): void {
  addFault(faults, code, joinPointer(path, name), `${name} is missing`);
}

/** Whether a member is an array with something in it. */
export function isFilled(value: JsonValue | undefined): boolean {
  return isJsonArray(value) && value.length > 0;
}

function isUri(value: string): boolean {
  return URI_START.test(value) && !NOT_IN_URI.test(value);
}

function mayStand(shape: ObjectShape, name: string): boolean {
  return shape.others === 'any' || (shape.others === 'prefixed' && name.includes(':'));
}

function matching(code: string, wanted: string, fits: (value: string) => boolean): Rule {
  return (value, path, faults) => {
    if (typeof value !== 'string') {
      addFault(faults, 'value_has_wrong_type', path, `${wanted} is wanted here`);
    } else if (!fits(value)) {
      addFault(faults, code, path, `${wanted} is wanted here`);
    }
  };
}

function wordRule(name: VocabularyName, loose: boolean): Rule {
  const { words } = vocabularies[name];
  const gs1 = name === 'sensorType' || name === 'exception';
  return (value, path, faults) => {
    if (typeof value !== 'string') {
      addFault(faults, 'value_has_wrong_type', path, 'a vocabulary word or URI is wanted here');
    } else if (!value.includes(':')) {
      if (words.has(value) || (loose && value !== '')) return;
      addFault(faults, 'word_unknown', path, 'no such word in the vocabulary');
    } else if (!isUri(value)) {
      addFault(faults, 'uri_malformed', path, 'an absolute URI is wanted here');
    } else if (OLD_CBV.test(value) || (gs1 && GS1_VOCABULARY.test(value))) {
      addFault(faults, 'word_form_refused', path, 'write the bare word or the prefixed name');
    }
  };
}
