import { compareText } from '@triflow/protocol';

/** What a spreadsheet would run instead of show. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?[0-9]+$/;

/** Rows as CSV (RFC 4180) or JSON, the same bytes for the same rows whatever made them. */
export function reportText(rows: readonly unknown[], format: 'csv' | 'json'): string {
  return format === 'json' ? `${jsonText(rows)}\n` : csvText(rows);
}

function csvText(rows: readonly unknown[]): string {
  const flat = rows.map((row) => cellsOf(row));
  const columns = [...new Set(flat.flatMap((cells) => [...cells.keys()]))].sort(compareText);
  const lines = [
    columns.map(quoted),
    ...flat.map((cells) => columns.map((column) => quoted(cells.get(column) ?? ''))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** A row's members by path; lists stay one cell of JSON. */
function cellsOf(row: unknown, path = ''): Map<string, string> {
  const cells = new Map<string, string>();
  if (!isRecord(row)) {
    cells.set(path === '' ? 'value' : path, cellText(row));
    return cells;
  }
  for (const [name, member] of Object.entries(row)) {
    const below = path === '' ? name : `${path}.${name}`;
    if (!isRecord(member)) cells.set(below, cellText(member));
    else for (const [inner, cell] of cellsOf(member, below)) cells.set(inner, cell);
  }
  return cells;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? jsonText(value) : String(value);
}

function quoted(cell: string): string {
  const safe = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** JSON with members in the order of their names and whole numbers of any size as text. */
function jsonText(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`);
  return `{${members.join(',')}}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
