import { type ReadingKind, readingKinds } from '@triflow/sdk';
import { unitText } from './amounts.js';

const DECIMALS_MAX = 1;
/** Kinds that count or say yes or no: no unit is written. */
const BARE = 'C62';

/** A reading's value with its unit: `4.5 °C`, `1200 mm`. */
export function readingUnit(kind: ReadingKind, value: number): string {
  const { unit, scale } = readingKinds[kind];
  const number = value.toFixed(Math.min(scale, DECIMALS_MAX));
  return unit === BARE ? number : `${number} ${unitText(unit)}`;
}
