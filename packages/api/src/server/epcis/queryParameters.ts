import {
  type EventQuery,
  type Prefixes,
  parseQuery,
  readContext,
  standardPrefixes,
} from '@triflow/epcis';
import {
  CodedError,
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonObject,
  type JsonValue,
  limits,
} from '@triflow/protocol';

/** Parameters of paging, which are no part of the query. */
const PAGING: ReadonlySet<string> = new Set(['perPage', 'nextPageToken']);
const TIME_NAME = /(?:GE|LT)_\w*[tT]ime$/;
const SPACED_OFFSET = / (?=\d{2}:\d{2}$)/;
const PREFIX = /^\s*([A-Za-z][\w.-]*)\s*=\s*(\S+)\s*$/;

/** A request's query, as its parameters were understood. */
export interface QueryRequest {
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly query: EventQuery;
}

export interface Paging {
  readonly perPage: number;
  readonly token: string | undefined;
}

/** Splits a URL's query: lists are separated by `|`, a name given again adds to its list. */
export function urlParameters(search: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, text] of new URLSearchParams(search)) {
    const values = text.split('|').map((value) => {
      // A plus sign that was not percent-encoded, as in +08:00.
      return TIME_NAME.test(name) ? value.replace(SPACED_OFFSET, '+') : value;
    });
    parameters.set(name, [...(parameters.get(name) ?? []), ...values]);
  }
  return parameters;
}

/** Takes perPage and nextPageToken out of parameters. Throws EPCIS_QUERY_PARAMETER. */
export function pagingOf(parameters: Map<string, string[]>): Paging {
  const [perPage] = parameters.get('perPage') ?? [];
  const [token] = parameters.get('nextPageToken') ?? [];
  for (const name of PAGING) parameters.delete(name);
  if (perPage === undefined) return { perPage: limits.epcisPageDefault, token };
  const number = /^[0-9]{1,6}$/.test(perPage) ? Number(perPage) : 0;
  if (number < 1 || number > limits.epcisPageMax) {
    throw wrongParameters([
      { code: 'query_value_malformed', path: '/perPage', message: `1 to ${limits.epcisPageMax}` },
    ]);
  }
  return { perPage: number, token };
}

/** Understands parameters. Throws EPCIS_QUERY_PARAMETER naming each that is wrong. */
export function queryOf(
  parameters: ReadonlyMap<string, readonly string[]>,
  prefixes: Prefixes,
): QueryRequest {
  const query = parseQuery(parameters, prefixes);
  if (!query.ok) throw wrongParameters(query.fault);
  return { parameters, query: query.value };
}

/** The prefixes that a request declares: `GS1-Extensions: ex=https://e.org/,other=…`. */
export function prefixesOfHeader(header: string | undefined): Prefixes {
  const context: Record<string, string> = {};
  for (const part of (header ?? '').split(',')) {
    const [, name, iri] = PREFIX.exec(part) ?? [];
    if (name !== undefined && iri !== undefined) context[name] = iri;
  }
  return prefixesOfContext(context);
}

/** The prefixes of a query's @context. Throws EPCIS_VALIDATION. */
export function prefixesOfContext(context: JsonValue | undefined): Prefixes {
  const faults: { code: string; path: string; message: string }[] = [];
  const prefixes = readContext(context, standardPrefixes, '/query/@context', faults);
  const [first] = faults;
  if (first !== undefined) {
    throw new CodedError('EPCIS_VALIDATION', `${first.path} ${first.message}`, {
      details: { errors: faults },
    });
  }
  return prefixes;
}

/** Parameters of a query written in JSON: text, numbers, true or false, or lists of them. */
export function bodyParameters(query: JsonObject): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of Object.entries(query)) {
    if (name === '@context') continue;
    const items = isJsonArray(value) ? value : [value];
    parameters.set(
      name,
      items.map((item) => {
        if (item === null) return '';
        if (item instanceof JsonNumeral) return item.text;
        if (isJsonObject(item) || isJsonArray(item)) {
          throw wrongParameters([
            { code: 'query_value_malformed', path: `/${name}`, message: 'text or a number' },
          ]);
        }
        return String(item);
      }),
    );
  }
  return parameters;
}

function wrongParameters(
  faults: readonly { readonly code: string; readonly path: string; readonly message: string }[],
): CodedError {
  const [first] = faults;
  const detail = first === undefined ? 'the query is wrong' : `${first.path} ${first.message}`;
  const isLarge = faults.some(({ code }) => code === 'query_too_complex');
  const code = isLarge ? 'EPCIS_QUERY_TOO_LARGE' : 'EPCIS_QUERY_PARAMETER';
  return new CodedError(code, detail, { details: { errors: faults } });
}
