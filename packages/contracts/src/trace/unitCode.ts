import { canonicalValue, hasRightCheckDigit, readDigitalLink } from '@triflow/epcis';

const NATIONAL_CODE = /^[0-9]{20}$/;
const NO_PREFIXES: ReadonlyMap<string, string> = new Map();

/**
 * The canonical form of a unit's code: 20 digits of the national code as they stand, or a GS1
 * serial as a Digital Link (an SGTIN with its serial, an SSCC). Undefined when it is neither.
 */
export function canonicalCode(code: string): string | undefined {
  if (NATIONAL_CODE.test(code)) return code;
  const link = canonicalValue(code, NO_PREFIXES);
  const read = readDigitalLink(link);
  if (read === undefined || !hasRightCheckDigit(read)) return undefined;
  const isSerial = read.key === '00' || (read.key === '01' && read.qualifier?.key === '21');
  return isSerial ? link : undefined;
}
