const DIGITS = /^[0-9]+$/;
const CONTAINER = /^[A-Z]{3}[UJZ][0-9]{7}$/;
const LEI = /^[0-9A-Z]{20}$/;
const CREDIT_CODE_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CREDIT_CODE_LENGTH = 18;
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Check digit of a GS1 key's body (GS1 General Specifications 7.9.1): weights 3, 1, 3 … from the
 * right. Undefined when the body is not digits.
 */
export function checkDigit(body: string): string | undefined {
  if (!DIGITS.test(body)) return undefined;
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) {
    const weight = (body.length - i) % 2 === 1 ? 3 : 1;
    sum += digitAt(body, i) * weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit of a GTIN, GLN, SSCC, GSIN or GSRN fits the digits before it. */
export function hasCheckDigit(key: string): boolean {
  return key.length > 1 && checkDigit(key.slice(0, -1)) === key.slice(-1);
}

/** Whether text is a freight container's number with the right check digit (ISO 6346). */
export function isContainerNumber(text: string): boolean {
  if (!CONTAINER.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < 10; i += 1) sum += containerValue(text.charCodeAt(i)) * 2 ** i;
  return (sum % 11) % 10 === digitAt(text, 10);
}

/** Whether text is a legal entity identifier with the right check digits (ISO 17442, MOD 97-10). */
export function isLei(text: string): boolean {
  if (!LEI.test(text)) return false;
  let remainder = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = alphanumericValue(text.charCodeAt(i));
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/**
 * Whether text is a unified social credit code 统一社会信用代码: its last character fits
 * (GB 32100-2015), and so does that of the organisation code inside it (GB 11714-1997).
 */
export function isUnifiedSocialCreditCode(text: string): boolean {
  if (text.length !== CREDIT_CODE_LENGTH) return false;
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < CREDIT_CODE_LENGTH; i += 1) {
    const value = CREDIT_CODE_CHARACTERS.indexOf(text.charAt(i));
    if (value < 0) return false;
    if (i === CREDIT_CODE_LENGTH - 1) {
      return value === (31 - (sum % 31)) % 31 && hasOrganisationCheck(text.slice(8, 17));
    }
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return false;
}

function hasOrganisationCheck(code: string): boolean {
  let sum = 0;
  for (const [i, weight] of ORGANISATION_WEIGHTS.entries()) {
    sum += alphanumericValue(code.charCodeAt(i)) * weight;
  }
  const check = 11 - (sum % 11);
  if (check === 10) return code.endsWith('X');
  return code.endsWith(String(check % 11));
}

/** A = 10 and on, never a multiple of 11 (B = 12, L = 23, V = 34). */
function containerValue(code: number): number {
  const plain = alphanumericValue(code);
  if (plain < 11) return plain;
  return plain + Math.floor((plain - 1) / 10);
}

function alphanumericValue(code: number): number {
  return code <= 57 ? code - 48 : code - 55;
}

function digitAt(text: string, index: number): number {
  return text.charCodeAt(index) - 48;
}
