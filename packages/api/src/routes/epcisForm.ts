import { CodedError } from '@triflow/protocol';
import { EPCIS_VERSION, LD_JSON_MEDIA_TYPE } from './epcis.js';
import { EVENT_STREAM_MEDIA_TYPE } from './events.js';

/** How identifiers are written in an answer (EPCIS 2.0 section 12.5, GS1-EPC-Format). */
export type EpcFormat = 'Never_Translates' | 'Always_GS1_Digital_Link';

/** The form of an answer that a client asks for by its headers. */
export interface EpcisForm {
  readonly mediaType: string;
  readonly epcFormat: EpcFormat;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const JSON_MEDIA_TYPE = 'application/json';
const JSON_RANGES: ReadonlySet<string> = new Set([
  '*/*',
  'application/*',
  JSON_MEDIA_TYPE,
  'application/problem+json',
]);
const BODY_TYPES: ReadonlySet<string> = new Set([JSON_MEDIA_TYPE, LD_JSON_MEDIA_TYPE]);
const VERSION = /^([0-9]{1,3})(?:\.([0-9]{1,3}))?(?:\.([0-9]{1,3}))?$/;

/**
 * Reads what a client accepts. Throws EPCIS_NOT_ACCEPTABLE for XML, for URNs where links were
 * captured, and for a range of versions without 2.0.0.
 */
export function epcisForm(headers: Headers): EpcisForm {
  for (const vocabulary of ['epcis', 'cbv']) checkVersions(headers, `gs1-${vocabulary}`);
  return { mediaType: mediaTypeOf(textOf(headers.accept)), epcFormat: epcFormatOf(headers) };
}

/** Throws REQUEST_MEDIA_TYPE for a body that is no JSON: XML is not read here. */
export function checkBodyType(headers: Headers): void {
  const [type = ''] = textOf(headers['content-type']).split(';');
  if (BODY_TYPES.has(type.trim().toLowerCase())) return;
  throw new CodedError('REQUEST_MEDIA_TYPE', 'send application/json or application/ld+json');
}

function mediaTypeOf(accept: string): string {
  const ranges = accept
    .split(',')
    .map((range) => rangeOf(range))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  if (accept.trim() === '') return JSON_MEDIA_TYPE;
  for (const { type } of ranges) {
    if (type === LD_JSON_MEDIA_TYPE || type === EVENT_STREAM_MEDIA_TYPE) return type;
    if (JSON_RANGES.has(type)) return JSON_MEDIA_TYPE;
  }
  throw new CodedError('EPCIS_NOT_ACCEPTABLE', 'answers are JSON or JSON-LD');
}

function rangeOf(range: string): { readonly type: string; readonly quality: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((part) => part.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}

function epcFormatOf(headers: Headers): EpcFormat {
  const wanted = textOf(headers['gs1-epc-format']).trim();
  switch (wanted) {
    case '':
    case 'No_Preference':
    case 'Never_Translates':
      return 'Never_Translates';
    case 'Always_GS1_Digital_Link':
      return wanted;
    default:
      throw new CodedError(
        'EPCIS_NOT_ACCEPTABLE',
        'GS1-EPC-Format is Always_GS1_Digital_Link or Never_Translates here',
      );
  }
}

function checkVersions(headers: Headers, name: string): void {
  const spoken = versionNumber(EPCIS_VERSION) ?? 0;
  const lowest = versionOf(headers, `${name}-min`);
  const highest = versionOf(headers, `${name}-max`);
  const exact = versionOf(headers, `${name}-version`);
  const fits =
    (lowest === undefined || lowest <= spoken) &&
    (highest === undefined || highest >= spoken) &&
    (exact === undefined || exact === spoken);
  if (!fits) throw new CodedError('EPCIS_NOT_ACCEPTABLE', `${name}: ${EPCIS_VERSION} is spoken`);
}

function versionOf(headers: Headers, name: string): number | undefined {
  const text = textOf(headers[name]).trim();
  if (text === '') return undefined;
  const number = versionNumber(text);
  if (number !== undefined) return number;
  throw new CodedError('EPCIS_NOT_ACCEPTABLE', `${name} is no version`);
}

function versionNumber(text: string): number | undefined {
  const [, major, minor = '0', patch = '0'] = VERSION.exec(text) ?? [];
  if (major === undefined) return undefined;
  return (Number(major) * 1_000 + Number(minor)) * 1_000 + Number(patch);
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
