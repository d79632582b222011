import {
  assertNever,
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonObject,
  type JsonValue,
} from '@triflow/protocol';
import { compareRationals, type Rational, rationalFromDecimal } from '../decimal.js';
import type { Comparison, NumberTest, TimeTest } from './eventQuery.js';

/** Whether a time passes a GE or LT test. */
export function passesTime(timeMs: number, { comparison, timeMs: limitMs }: TimeTest): boolean {
  return comparison === 'GE' ? timeMs >= limitMs : timeMs < limitMs;
}

/** Whether an exact number passes a test; EQ for any of its values. */
export function passesNumber(number: Rational, { comparison, values }: NumberTest): boolean {
  return values.some((value) => passesOrder(compareRationals(number, value), comparison));
}

/** Whether an order (negative, zero, positive) is the one asked for. */
export function passesOrder(order: number, comparison: Comparison): boolean {
  switch (comparison) {
    case 'EQ':
      return order === 0;
    case 'GT':
      return order > 0;
    case 'GE':
      return order >= 0;
    case 'LT':
      return order < 0;
    case 'LE':
      return order <= 0;
    default:
      return assertNever(comparison, 'passesOrder');
  }
}

/** The exact value of a JSON number; undefined for anything else. */
export function rationalOf(value: JsonValue | undefined): Rational | undefined {
  return value instanceof JsonNumeral ? rationalFromDecimal(value.text) : undefined;
}

/** The objects of a list. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}
