import {
  CodedError,
  compareText,
  isCodedError,
  limits,
  textFromTime,
  timeFromText,
} from '@triflow/protocol';

const COLUMNS = ['epc', 'readAt', 'location'] as const;
const CONTEXT = 'https://ref.gs1.org/standards/epcis/epcis-context.jsonld';

interface Row {
  readonly line: number;
  readonly epc: string;
  readonly timeMs: number;
  readonly location: string;
}

/**
 * EPCIS events of a stocktake: what a reader saw at each location, at most 256 EPCs an event, dated
 * by its last sight. Equal rows give equal events in any order. Throws `REQUEST_INVALID` naming the
 * line.
 */
export function stocktakeEvents(csv: string, party: string): string[] {
  const byLocation = new Map<string, Row[]>();
  for (const row of readRows(csv)) {
    byLocation.set(row.location, [...(byLocation.get(row.location) ?? []), row]);
  }
  const events: string[] = [];
  for (const [location, rows] of [...byLocation].sort(([a], [b]) => compareText(a, b))) {
    const epcs = [...new Set(rows.map(({ epc }) => epc))].sort(compareText);
    const eventTime = textFromTime(Math.max(...rows.map(({ timeMs }) => timeMs)));
    for (let from = 0; from < epcs.length; from += limits.epcsIndexedPerEventMax) {
      const epcList = epcs.slice(from, from + limits.epcsIndexedPerEventMax);
      events.push(eventText(location, eventTime, epcList, party));
    }
  }
  return events;
}

/**
 * Finds the line whose EPC or location no event can have: `judge` throws for such an event. Throws
 * `REQUEST_INVALID` naming it; every row may pass.
 */
export function refuseWrongLine(csv: string, party: string, judge: (event: string) => void): void {
  for (const { line, epc, timeMs, location } of readRows(csv)) {
    try {
      judge(eventText(location, textFromTime(timeMs), [epc], party));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      throw invalid(line, `epc ${epc} at ${location}: ${error.message}`);
    }
  }
}

function eventText(
  location: string,
  eventTime: string,
  epcList: readonly string[],
  party: string,
): string {
  return JSON.stringify({
    '@context': [CONTEXT],
    type: 'ObjectEvent',
    eventTime,
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: 'stock_taking',
    epcList,
    readPoint: { id: location },
    'triflow:submitter': party,
  });
}

function readRows(csv: string): Row[] {
  const [header = '', ...lines] = csv.replace(/^\uFEFF/, '').split(/\r\n|\n/);
  const names = cellsOf(header, 1);
  const places = COLUMNS.map((column) => names.indexOf(column));
  const missing = COLUMNS.filter((_, at) => places[at] === -1);
  if (missing.length > 0) throw invalid(1, `has no column ${missing.join(', ')}`);
  if (lines.length > limits.stocktakeRowsMax + 1) {
    throw new CodedError('REQUEST_TOO_LARGE', `over ${limits.stocktakeRowsMax} rows`);
  }
  const rows = lines.flatMap((line, at) => (line === '' ? [] : readRow(line, at + 2, places)));
  if (rows.length === 0) throw invalid(2, 'is missing: there are no rows');
  return rows;
}

function readRow(line: string, number: number, places: readonly number[]): Row {
  const cells = cellsOf(line, number);
  const [epc = '', readAt = '', location = ''] = places.map((place) => cells[place] ?? '');
  const time = timeFromText(readAt);
  if (epc === '' || location === '') throw invalid(number, 'has no epc or no location');
  if (!time.ok) throw invalid(number, `readAt ${readAt} is no time with a zone`);
  return { line: number, epc, timeMs: time.value, location };
}

/** The cells of a line (RFC 4180); a quoted cell holds no line break here. */
function cellsOf(line: string, number: number): string[] {
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(rest);
    const plain = quoted === null ? /^([^",]*)(,|$)/.exec(rest) : null;
    const found = quoted ?? plain;
    if (found === null) throw invalid(number, 'is not CSV');
    const [whole, cell = '', end] = found;
    cells.push((quoted === null ? cell : cell.replaceAll('""', '"')).trim());
    if (end === '') return cells;
    rest = rest.slice(whole.length);
  }
}

function invalid(line: number, what: string): CodedError {
  return new CodedError('REQUEST_INVALID', `line ${line} ${what}`, { details: { line } });
}
