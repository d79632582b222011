import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  limits,
} from '@triflow/protocol';
import { canonicalValue } from './canonicalForm.js';
import { expandName, type Prefixes } from './context.js';

/** What a value may gain in its place: its container's separators, a vocabulary's IRI. */
const ALLOWANCE = 32;

/**
 * Whether the canonical text of an event could be longer than limits.preHashTextMax. Prefixes and
 * repeated names let a few bytes stand for many; looked at before any such text is made.
 */
export function expandsTooFar(event: JsonObject, prefixes: Prefixes): boolean {
  let left: number = limits.preHashTextMax;
  const spend = (name: string, value: JsonValue): boolean => {
    if (isJsonArray(value)) return value.some((item) => spend(name, item));
    left -= nameLength(name, prefixes) + ALLOWANCE;
    if (left < 0) return true;
    if (isJsonObject(value)) return members(value, spend);
    left -= canonicalValue(value, prefixes).length;
    return left < 0;
  };
  return members(event, spend);
}

function members(value: JsonObject, spend: (name: string, value: JsonValue) => boolean): boolean {
  return Object.entries(value).some(([name, member]) => name !== '@context' && spend(name, member));
}

function nameLength(name: string, prefixes: Prefixes): number {
  const expanded = expandName(name, prefixes);
  return expanded === undefined ? name.length : expanded[0].length + expanded[1].length + 2;
}
