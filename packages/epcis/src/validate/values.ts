import {
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonValue,
  joinPointer,
} from '@triflow/protocol';
import { scalarText } from '../canonicalForm.js';
import { digitCount, plainDecimal } from '../decimal.js';
import { hasRightCheckDigit, readDigitalLink } from '../digitalLink.js';
import type { EpcisEvent } from '../document.js';
import { addFault, type EpcisFault } from '../faults.js';

/** What others read into a double keeps this many digits. */
const EXACT_DIGITS = 15;
/** Members whose own members are all extensions. */
const EXTENSION_HOLDERS: ReadonlySet<string> = new Set(['ilmd']);
/** Members that take any other member beside `id`. */
const PLACES: ReadonlySet<string> = new Set(['readPoint', 'bizLocation']);

/** C5: check digits inside GS1 keys are right; no extension numeral that others would round. */
export function addValueFaults(event: EpcisEvent, faults: EpcisFault[]): void {
  for (const [name, value] of Object.entries(event.json)) {
    if (name === '@context') continue;
    const path = joinPointer(event.path, name);
    walk(value, path, isExtension(name) || EXTENSION_HOLDERS.has(name), PLACES.has(name), faults);
  }
}

function walk(
  value: JsonValue,
  path: string,
  extension: boolean,
  place: boolean,
  faults: EpcisFault[],
): void {
  if (isJsonArray(value)) {
    for (const [index, item] of value.entries()) {
      walk(item, joinPointer(path, index), extension, false, faults);
    }
  } else if (isJsonObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const inside = extension || isExtension(name) || (place && name !== 'id');
      walk(item, joinPointer(path, name), inside, false, faults);
    }
  } else if (extension || value instanceof JsonNumeral) {
    addNumeralFault(value, path, extension, faults);
  } else if (typeof value === 'string') {
    addCheckDigitFault(value, path, faults);
  }
}

/** A text that is a numeral counts as one, because the hash reads it so (section 5.3). */
function addNumeralFault(
  value: JsonValue,
  path: string,
  extension: boolean,
  faults: EpcisFault[],
): void {
  if (typeof value === 'boolean') return;
  const plain = plainDecimal(scalarText(value));
  const rounded = plain !== undefined && extension && digitCount(plain) > EXACT_DIGITS;
  const endless = plain === undefined && value instanceof JsonNumeral;
  if (!rounded && !endless) return;
  addFault(faults, 'numeral_too_long', path, `over ${EXACT_DIGITS} digits: others would round it`);
}

function addCheckDigitFault(value: string, path: string, faults: EpcisFault[]): void {
  const link = readDigitalLink(value);
  if (link === undefined || hasRightCheckDigit(link)) return;
  addFault(faults, 'check_digit_is_wrong', path, `the check digit in ${link.value} is wrong`);
}

function isExtension(name: string): boolean {
  return name.includes(':');
}
