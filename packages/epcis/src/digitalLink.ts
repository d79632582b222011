import { hasCheckDigit } from './checkDigits.js';

/** A GS1 key as a Digital Link names it: the key and its finest qualifier. */
export interface DigitalLink {
  readonly key: string;
  readonly value: string;
  readonly qualifier?: { readonly key: string; readonly value: string };
}

interface KeyRule {
  readonly value: RegExp;
  /** Qualifiers it may carry, the finest first; a CPV (22) is read and dropped. */
  readonly qualifiers: readonly string[];
  /** How many leading digits of the value end in a check digit; 0 when none does. */
  readonly checked: number;
}

const CANONICAL_STEM = 'https://id.gs1.org';
const CONSUMER_PRODUCT_VARIANT = '22';
/** GS1 AI encodable character set 82 as it may stand in a path, or percent-encoded. */
const CHARACTER = `(?:["'\\-.0-9;<=>?A-Z_a-z]|%[0-9A-Fa-f]{2})`;

const keyRules: ReadonlyMap<string, KeyRule> = new Map([
  ['00', rule('[0-9]{18}', [], 18)],
  ['01', rule('(?:[0-9]{8}|[0-9]{12,14})', ['21', '235', '10', '22'], 14)],
  ['253', rule(`[0-9]{13}${CHARACTER}{0,17}`, [], 13)],
  ['255', rule('[0-9]{13,25}', [], 13)],
  ['401', rule(`${CHARACTER}{1,30}`, [], 0)],
  ['402', rule('[0-9]{17}', [], 17)],
  ['414', rule('[0-9]{13}', ['254'], 13)],
  ['417', rule('[0-9]{13}', [], 13)],
  ['8003', rule(`[0-9]{14}${CHARACTER}{0,16}`, [], 14)],
  ['8004', rule(`${CHARACTER}{1,30}`, [], 0)],
  ['8006', rule('[0-9]{18}', ['21', '10', '22'], 14)],
  ['8010', rule('(?:[#\\-0-9A-Z]|%[0-9A-Fa-f]{2}){1,30}', ['8011'], 0)],
  ['8017', rule('[0-9]{18}', [], 18)],
  ['8018', rule('[0-9]{18}', [], 18)],
]);

const qualifierValues: ReadonlyMap<string, RegExp> = new Map([
  ['10', whole(`${CHARACTER}{1,20}`)],
  ['21', whole(`${CHARACTER}{1,20}`)],
  ['22', whole(`${CHARACTER}{1,20}`)],
  ['235', whole(`${CHARACTER}{1,28}`)],
  ['254', whole(`${CHARACTER}{1,20}`)],
  ['8011', whole('[0-9]{1,12}')],
]);

/** Short names that GS1 Digital Link 1.2 allowed in place of the numbers. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['gtin', '01'],
  ['sscc', '00'],
  ['gdti', '253'],
  ['gcn', '255'],
  ['ginc', '401'],
  ['gsin', '402'],
  ['gln', '414'],
  ['party', '417'],
  ['grai', '8003'],
  ['giai', '8004'],
  ['itip', '8006'],
  ['cpid', '8010'],
  ['gsrnp', '8017'],
  ['gsrn', '8018'],
  ['cpv', '22'],
  ['lot', '10'],
  ['ser', '21'],
]);

/**
 * Reads a GS1 Digital Link: http or https, any host and stem; the first primary key after which
 * every segment belongs to an allowed pair (design section 6). Undefined for any other URI.
 */
export function readDigitalLink(uri: string): DigitalLink | undefined {
  const segments = pathSegments(uri);
  if (segments === undefined) return undefined;
  for (let i = 0; i + 1 < segments.length; i += 1) {
    const key = numberOf(segments[i]);
    const found = keyRules.get(key);
    const value = segments[i + 1] ?? '';
    if (found === undefined || !found.value.test(value)) continue;
    const qualifiers = readQualifiers(segments, i + 2, found);
    if (qualifiers !== undefined) return finest(key, value, found, qualifiers);
  }
  return undefined;
}

/** The canonical link of a key: `https://id.gs1.org/` key/value and the finest qualifier. */
export function textFromDigitalLink(link: DigitalLink): string {
  const key = `${CANONICAL_STEM}/${link.key}/${link.value}`;
  if (link.qualifier === undefined) return key;
  return `${key}/${link.qualifier.key}/${link.qualifier.value}`;
}

/** Whether the check digit inside a link's key is right; true for keys that carry none. */
export function hasRightCheckDigit(link: DigitalLink): boolean {
  const checked = keyRules.get(link.key)?.checked ?? 0;
  return checked === 0 || hasCheckDigit(link.value.slice(0, checked));
}

function pathSegments(uri: string): string[] | undefined {
  const scheme = ['https://', 'http://'].find((start) => uri.startsWith(start));
  if (scheme === undefined) return undefined;
  const end = uri.search(/[?#]/);
  const rest = uri.slice(scheme.length, end < 0 ? uri.length : end);
  const [host, ...segments] = rest.split('/');
  return host === '' ? undefined : segments;
}

/** The pairs from an offset to the end; undefined when one does not belong to the key. */
function readQualifiers(
  segments: readonly string[],
  from: number,
  found: KeyRule,
): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (let i = from; i < segments.length; i += 2) {
    const key = numberOf(segments[i]);
    const value = segments[i + 1] ?? '';
    if (!found.qualifiers.includes(key) || pairs.has(key)) return undefined;
    if (qualifierValues.get(key)?.test(value) !== true) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}

function finest(
  key: string,
  text: string,
  found: KeyRule,
  qualifiers: ReadonlyMap<string, string>,
): DigitalLink {
  const value = key === '01' ? text.padStart(14, '0') : text;
  for (const name of found.qualifiers) {
    const qualifier = qualifiers.get(name);
    if (qualifier === undefined || name === CONSUMER_PRODUCT_VARIANT) continue;
    return { key, value, qualifier: { key: name, value: qualifier } };
  }
  return { key, value };
}

function numberOf(segment: string | undefined): string {
  return shortNames.get(segment ?? '') ?? segment ?? '';
}

function rule(value: string, qualifiers: readonly string[], checked: number): KeyRule {
  return { value: whole(value), qualifiers, checked };
}

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
