import { assert } from './assert.js';

/** How many of n validators may be Byzantine: floor((n - 1) / 3) (R-Q1). */
export function faultsMax(n: number): number {
  assert(Number.isInteger(n) && n >= 1, 'faultsMax: n must be a positive integer');
  return Math.floor((n - 1) / 3);
}

/** Distinct validators that make a quorum: ceil((n + f + 1) / 2) (R-Q1). */
export function quorum(n: number): number {
  return Math.ceil((n + faultsMax(n) + 1) / 2);
}
