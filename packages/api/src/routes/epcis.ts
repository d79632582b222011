import {
  CodedError,
  errorCodes,
  errorFromStatusCode,
  isCodedError,
  limits,
} from '@triflow/protocol';

/** Where the EPCIS 2.0 interface lies, at a node (reading) and at a gateway (all of it). */
export const EPCIS_BASE = '/v1/epcis';
export const EPCIS_VERSION = '2.0.0';
export const EPCIS_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
export const LD_JSON_MEDIA_TYPE = 'application/ld+json';

export type EpcisMethod = 'GET' | 'POST' | 'DELETE';

/** A resource of the interface: its path below the base, `:name` for a parameter. */
export interface EpcisResource {
  readonly name: string;
  readonly path: readonly string[];
  /** What a node answers; a gateway passes these on. */
  readonly reading: readonly EpcisMethod[];
  /** What only a gateway does, because it signs. */
  readonly capturing: readonly EpcisMethod[];
}

/** A resource that a path names, with its parameters. */
export interface FoundEpcisResource {
  readonly resource: EpcisResource;
  readonly params: Readonly<Record<string, string>>;
}

/** Collections of values, and the query parameter by which events of one value are found. */
export const epcisCollections: ReadonlyMap<string, string> = new Map([
  ['eventTypes', 'eventType'],
  ['epcs', 'MATCH_anyEPC'],
  ['bizSteps', 'EQ_bizStep'],
  ['bizLocations', 'EQ_bizLocation'],
  ['readPoints', 'EQ_readPoint'],
  ['dispositions', 'EQ_disposition'],
]);

/** The resources of EPCIS 2.0 section 12 that are served. */
export const epcisResources: readonly EpcisResource[] = [
  resource('root', '', ['GET']),
  resource('capture', 'capture', [], ['GET', 'POST']),
  resource('captureJob', 'capture/:captureID', [], ['GET']),
  resource('events', 'events', ['GET'], ['POST']),
  resource('event', 'events/:eventID', ['GET']),
  resource('queries', 'queries', ['GET', 'POST']),
  resource('query', 'queries/:queryName', ['GET', 'DELETE']),
  resource('queryEvents', 'queries/:queryName/events', ['GET']),
  resource('subscriptions', 'queries/:queryName/subscriptions', ['GET', 'POST']),
  resource('subscription', 'queries/:queryName/subscriptions/:subscriptionID', ['GET', 'DELETE']),
  resource('nextPageToken', 'nextPageToken/:token', ['DELETE']),
  ...[...epcisCollections.keys()].flatMap((name) => [
    resource('collection', name, ['GET']),
    resource('value', `${name}/:value`, ['GET']),
    resource('valueEvents', `${name}/:value/events`, ['GET']),
  ]),
];

/** Codes and the exceptions of the standard (design section 4). */
const exceptions: ReadonlyMap<string, string> = new Map([
  ['EPCIS_VALIDATION', 'Validation'],
  ['EPCIS_QUERY_PARAMETER', 'QueryParameter'],
  ['EPCIS_QUERY_TOO_LARGE', 'QueryTooLarge'],
  ['EPCIS_SUBSCRIPTION', 'SubscriptionControls'],
  ['EPCIS_URI_TOO_LONG', 'URITooLong'],
  ['EPCIS_NO_SUCH_NAME', 'NoSuchName'],
  ['EPCIS_NO_SUCH_RESOURCE', 'NoSuchResource'],
  ['EPCIS_RESOURCE_EXISTS', 'ResourceAlreadyExists'],
  ['EPCIS_CAPTURE_LIMIT', 'CaptureLimitExceeded'],
  ['EPCIS_SECURITY', 'Security'],
  ['EPCIS_NOT_ACCEPTABLE', 'NotAcceptable'],
  ['REQUEST_TOO_LARGE', 'CaptureLimitExceeded'],
  ['REQUEST_MEDIA_TYPE', 'UnsupportedMediaType'],
  ['REQUEST_MALFORMED', 'Validation'],
  ['REQUEST_DUPLICATE_KEY', 'Validation'],
  ['REQUEST_INVALID', 'Validation'],
  ['ROUTE_NOT_FOUND', 'NoSuchResource'],
  ['BLOCK_NOT_FOUND', 'NoSuchResource'],
  ['CURSOR_PRUNED', 'NoSuchResource'],
]);

/** A failure as the standard's clients read it (RFC 9457). */
export interface EpcisProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Each wrong member with its own code; `path` is a JSON pointer or a parameter's name. */
  readonly errors: readonly unknown[];
}

/** The resource that a path below the base names; undefined when there is none. */
export function findEpcisResource(path: string): FoundEpcisResource | undefined {
  const segments = segmentsOf(path);
  if (segments === undefined) return undefined;
  for (const one of epcisResources) {
    if (one.path.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = one.path.every((step, at) => {
      const segment = segments[at] ?? '';
      if (!step.startsWith(':')) return step === segment;
      params[step.slice(1)] = segment;
      return segment !== '';
    });
    if (fits) return { resource: one, params };
  }
  return undefined;
}

/** A problem for what was thrown; what is not coded tells no internals. */
export function epcisProblemOf(thrown: unknown): EpcisProblem {
  const error = isCodedError(thrown) ? thrown : new CodedError('INTERNAL', 'this is a bug here');
  const { code, message: detail, details } = error;
  const { httpStatus: status, title } = isErrorCode(code)
    ? errorCodes[code]
    : errorFromStatusCode(code.toLowerCase());
  const exception = exceptions.get(code) ?? (code.startsWith('AUTH_') ? 'Security' : undefined);
  const type = `epcisException:${exception ?? 'Implementation'}Exception`;
  const errors = Array.isArray(details.errors) ? details.errors : [];
  return { type, title, status, code, detail, errors };
}

/** Headers that say which versions are spoken (EPCIS 2.0 section 12.5). */
export function epcisVersionHeaders(): Record<string, string> {
  return {
    'gs1-epcis-version': EPCIS_VERSION,
    'gs1-epcis-min': EPCIS_VERSION,
    'gs1-epcis-max': EPCIS_VERSION,
    'gs1-cbv-version': EPCIS_VERSION,
    'gs1-cbv-min': EPCIS_VERSION,
    'gs1-cbv-max': EPCIS_VERSION,
  };
}

function resource(
  name: string,
  path: string,
  reading: readonly EpcisMethod[],
  capturing: readonly EpcisMethod[] = [],
): EpcisResource {
  return { name, path: path === '' ? [] : path.split('/'), reading, capturing };
}

/** The resources at the top: a node has those that are read, a gateway captures, too. */
export function epcisTopLevel(which: 'reading' | 'all'): readonly string[] {
  const top = epcisResources.filter(({ path }) => path.length === 1);
  const shown = top.filter(({ reading }) => which === 'all' || reading.length > 0);
  return shown.map(({ path }) => path.join('/'));
}

/** A list of names or values as the standard answers it. */
export function epcisCollection(member: readonly string[]): unknown {
  return { '@context': EPCIS_CONTEXT, type: 'Collection', member };
}

/** Throws EPCIS_URI_TOO_LONG: a longer query is named instead (EPCIS 2.0 section 12.7). */
export function checkUrlLength(url: string): void {
  if (url.length <= limits.epcisUrlCharactersMax) return;
  throw new CodedError('EPCIS_URI_TOO_LONG', `over ${limits.epcisUrlCharactersMax} characters`);
}

/** Throws EPCIS_SUBSCRIPTION: a WebSocket, which the standard leaves open, is named as missing. */
export function refuseWebSocket(upgrade: string | undefined): void {
  if (!/\bwebsocket\b/i.test(upgrade ?? '')) return;
  const message = 'there is no WebSocket: stream as text/event-stream, or subscribe a webhook';
  const errors = [{ path: '/stream', code: 'websocket_not_supported', message }];
  throw new CodedError('EPCIS_SUBSCRIPTION', message, { details: { errors } });
}

/** Path segments decoded; a value may hold an encoded slash. */
function segmentsOf(path: string): string[] | undefined {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  if (trimmed === '') return [];
  try {
    return trimmed.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function isErrorCode(code: string): code is keyof typeof errorCodes {
  return Object.hasOwn(errorCodes, code);
}
