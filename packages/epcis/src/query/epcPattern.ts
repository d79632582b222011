import { canonicalValue } from '../canonicalForm.js';
import type { Prefixes } from '../context.js';
import { linkFromEpcUrn } from '../epcUrn.js';
import { canonicalIdentifier } from '../identifiers.js';
import type { EpcPattern } from './eventQuery.js';

const STEM = 'https://id.gs1.org/';
const PATTERN = /^urn:epc:idpat:([a-z]+):([^.]*)\.(.*)$/s;
const COMPANY = /^[0-9]{6,12}$/;
const ALL = /^\*(?:\.\*)*$/;
const LOCATION_CLASS = /^([0-9]*)\.\*$/;

/** Where a company's prefix stands in a key's value, and the qualifier that makes an instance. */
const companyKeys: ReadonlyMap<string, readonly [key: string, offset: number, qualifier?: string]> =
  new Map([
    ['sgtin', ['01', 1, '21']],
    ['upui', ['01', 1, '235']],
    ['itip', ['8006', 1, '21']],
    ['sscc', ['00', 1]],
    ['sgln', ['414', 0]],
    ['pgln', ['417', 0]],
    ['grai', ['8003', 1]],
    ['giai', ['8004', 0]],
    ['gdti', ['253', 0]],
    ['sgcn', ['255', 0]],
    ['gsrn', ['8018', 0]],
    ['gsrnp', ['8017', 0]],
    ['gsin', ['402', 0]],
    ['ginc', ['401', 0]],
    ['cpi', ['8010', 0, '8011']],
  ]);

/** What follows a class's link in its instances; the serials of the other keys follow directly. */
const instanceSeparators: ReadonlyMap<string, string> = new Map([
  ['sgtin', '/21/'],
  ['upui', '/235/'],
  ['itip', '/21/'],
  ['sgln', '/254/'],
  ['cpi', '/8011/'],
]);

/**
 * What a value of a MATCH parameter asks for: an identifier, or by a pattern URN (EPC Tag Data
 * Standard) the instances of a class (`…sgtin:P.R.*`) or of a company (`…sgtin:P.*.*`).
 */
export function epcPattern(text: string, prefixes: Prefixes): EpcPattern {
  const match = PATTERN.exec(text);
  const [, scheme = '', company = '', rest = ''] = match ?? [];
  const exact: EpcPattern = { kind: 'exact', link: canonicalValue(text, prefixes) };
  if (match === null || !COMPANY.test(company)) return exact;
  if (ALL.test(rest)) {
    const place = companyKeys.get(scheme);
    if (place === undefined) return exact;
    const [key, offset, qualifier] = place;
    return { kind: 'company', key, offset, company, qualifier };
  }
  const link = classLink(text, scheme, company, rest);
  if (link === undefined) return exact;
  return { kind: 'class', link, instances: link + (instanceSeparators.get(scheme) ?? '') };
}

/** Whether an identifier in canonical form is what a pattern asks for. */
export function matchesEpc(pattern: EpcPattern, link: string): boolean {
  switch (pattern.kind) {
    case 'exact':
      return link === pattern.link;
    case 'class':
      return link === pattern.link || link.startsWith(pattern.instances);
    default:
      return isOfCompany(pattern, link);
  }
}

function classLink(
  text: string,
  scheme: string,
  company: string,
  rest: string,
): string | undefined {
  if (scheme !== 'sgln') return linkFromEpcUrn(text);
  // A location's pattern has no link of its own: its class is the location without extension.
  const [, reference] = LOCATION_CLASS.exec(rest) ?? [];
  if (reference === undefined) return undefined;
  const urn = `urn:epc:id:sgln:${company}.${reference}.0`;
  const link = canonicalIdentifier(urn);
  return link === urn ? undefined : link;
}

function isOfCompany(
  { key, offset, company, qualifier }: Extract<EpcPattern, { kind: 'company' }>,
  link: string,
): boolean {
  const start = `${STEM}${key}/`;
  if (!link.startsWith(start)) return false;
  const [value = '', found] = link.slice(start.length).split('/');
  return value.startsWith(company, offset) && (qualifier === undefined || found === qualifier);
}
