import { checkDigit } from '@triflow/epcis';

/** Locations nobody has: GS1's prefix for demonstrations, a reference of our own, a check digit. */
const PREFIX = '952000';
let given = 100_000;

/** A GLN not given out before in this file, with its right check digit. */
export function freshGln(): string {
  given += 1;
  const body = `${PREFIX}${given}`;
  return `${body}${checkDigit(body) ?? ''}`;
}

/** The command that registers a place: anyone may, once; a good transaction for any test. */
export function registerPlace(gln: string) {
  return { contract: 'trace', name: 'register_location', params: { gln } };
}
