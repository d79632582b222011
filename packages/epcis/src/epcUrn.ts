import { checkDigit } from './checkDigits.js';
import { readDigitalLink } from './digitalLink.js';

interface EpcParts {
  readonly company: string;
  readonly reference: string;
  /** What follows the reference: a serial, or a pattern's star. */
  readonly rest: string | undefined;
}

type Converter = (parts: EpcParts) => string | undefined;

/** Longer than any URN whose parts keep their maxima, every character percent-encoded. */
const URN_LENGTH_MAX = 256;
const STEM = 'https://id.gs1.org/';
const EPC_URN = /^urn:epc:(id|idpat|class):([a-z]+):([^.]*)\.(.*)$/s;
const COMPANY = /^[0-9]{6,12}$/;
const DIGITS = /^[0-9]*$/;
const TEXT = /^(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%[0-9A-Fa-f]{2})+$/;
const COMPONENT = /^(?:[0-9A-Z-]|%23|%2[Ff])+$/;
const percentEncoded: ReadonlyMap<string, string> = new Map([
  ['!', '%21'],
  ['(', '%28'],
  [')', '%29'],
  ['*', '%2A'],
  ['+', '%2B'],
  [',', '%2C'],
  [':', '%3A'],
]);
const ITIP_REST = /^([0-9]{2})\.([0-9]{2})\.(.+)$/s;

/** Schemes and their paths: the table of design section 6. */
const converters: ReadonlyMap<string, Converter> = new Map<string, Converter>([
  ['id:sgtin', (epc) => serial(`01/${gtin(epc)}/21/`, epc.rest)],
  ['id:upui', (epc) => serial(`01/${gtin(epc)}/235/`, epc.rest)],
  ['class:lgtin', (epc) => serial(`01/${gtin(epc)}/10/`, epc.rest)],
  ['idpat:sgtin', (epc) => pattern(`01/${gtin(epc)}`, epc.rest)],
  ['idpat:upui', (epc) => pattern(`01/${gtin(epc)}`, epc.rest)],
  ['id:itip', (epc) => itip(epc, (path, rest) => serial(`${path}/21/`, rest))],
  ['idpat:itip', (epc) => itip(epc, pattern)],
  ['id:sscc', (epc) => alone(`00/${serialShipping(epc)}`, epc.rest)],
  ['id:sgln', (epc) => location(epc)],
  ['id:pgln', (epc) => alone(`417/${checked(epc, 12)}`, epc.rest)],
  ['id:grai', (epc) => serial(`8003/0${checked(epc, 12)}`, epc.rest)],
  ['idpat:grai', (epc) => pattern(`8003/0${checked(epc, 12)}`, epc.rest)],
  ['id:gdti', (epc) => serial(`253/${checked(epc, 12)}`, epc.rest)],
  ['idpat:gdti', (epc) => pattern(`253/${checked(epc, 12)}`, epc.rest)],
  ['id:sgcn', (epc) => digits(`255/${checked(epc, 12)}`, epc.rest)],
  ['idpat:sgcn', (epc) => pattern(`255/${checked(epc, 12)}`, epc.rest)],
  ['id:gsrn', (epc) => alone(`8018/${checked(epc, 17)}`, epc.rest)],
  ['id:gsrnp', (epc) => alone(`8017/${checked(epc, 17)}`, epc.rest)],
  ['id:gsin', (epc) => alone(`402/${checked(epc, 16)}`, epc.rest)],
  ['id:giai', (epc) => asset('8004', epc)],
  ['id:ginc', (epc) => asset('401', epc)],
  ['id:cpi', (epc) => component(epc, (path, rest) => digits(`${path}/8011/`, rest))],
  ['idpat:cpi', (epc) => component(epc, pattern)],
]);

/**
 * The canonical Digital Link of an EPC, EPC class or EPC pattern URN (design section 6; EPC Tag
 * Data Standard). Undefined for other schemes and for URNs that break their scheme's rule.
 */
export function linkFromEpcUrn(urn: string): string | undefined {
  const match = urn.length > URN_LENGTH_MAX ? null : EPC_URN.exec(urn);
  if (match === null) return undefined;
  const [, kind, scheme, company = '', tail = ''] = match;
  const convert = converters.get(`${kind}:${scheme}`);
  if (convert === undefined || !COMPANY.test(company)) return undefined;
  const dot = tail.indexOf('.');
  const reference = dot < 0 ? tail : tail.slice(0, dot);
  const path = convert({ company, reference, rest: dot < 0 ? undefined : tail.slice(dot + 1) });
  if (path === undefined) return undefined;
  const link = STEM + path;
  // A part of the wrong length or alphabet makes a path that no Digital Link has.
  return readDigitalLink(link) === undefined ? undefined : link;
}

function serial(path: string, rest: string | undefined): string | undefined {
  return rest !== undefined && TEXT.test(rest) ? path + encoded(rest) : undefined;
}

function digits(path: string, rest: string | undefined): string | undefined {
  return rest !== undefined && rest !== '' && DIGITS.test(rest) ? path + rest : undefined;
}

function pattern(path: string, rest: string | undefined): string | undefined {
  return rest === '*' ? path : undefined;
}

function alone(path: string, rest: string | undefined): string | undefined {
  return rest === undefined ? path : undefined;
}

/** GTIN-14: the reference's first digit is the indicator and goes to the front. */
function gtin(epc: EpcParts): string {
  return withCheck(epc.reference.slice(0, 1) + epc.company + epc.reference.slice(1), 13);
}

function serialShipping(epc: EpcParts): string {
  return withCheck(epc.reference.slice(0, 1) + epc.company + epc.reference.slice(1), 17);
}

function checked(epc: EpcParts, length: number): string {
  return withCheck(epc.company + epc.reference, length);
}

/** Digits and their check digit; a dash, which no key has, when the length is wrong. */
function withCheck(body: string, length: number): string {
  return body.length === length ? body + (checkDigit(body) ?? '-') : '-';
}

function location(epc: EpcParts): string | undefined {
  const path = `414/${checked(epc, 12)}`;
  return epc.rest === '0' ? path : serial(`${path}/254/`, epc.rest);
}

function itip(
  epc: EpcParts,
  finish: (path: string, rest: string | undefined) => string | undefined,
): string | undefined {
  const match = ITIP_REST.exec(epc.rest ?? '');
  if (match === null) return undefined;
  const [, piece, total, rest] = match;
  return finish(`8006/${gtin(epc)}${piece}${total}`, rest);
}

/** Here the reference is text and may itself contain dots. */
function asset(key: string, epc: EpcParts): string | undefined {
  const reference = epc.rest === undefined ? epc.reference : `${epc.reference}.${epc.rest}`;
  return serial(`${key}/${epc.company}`, reference);
}

function component(
  epc: EpcParts,
  finish: (path: string, rest: string | undefined) => string | undefined,
): string | undefined {
  if (!COMPONENT.test(epc.reference)) return undefined;
  return finish(`8010/${epc.company}${epc.reference}`, epc.rest);
}

/** What a URN writes plainly and a link's path does not (design section 6). */
function encoded(text: string): string {
  return text.replace(/[!()*+,:]/g, (character) => percentEncoded.get(character) ?? character);
}
