import type { Table } from './contract.js';
import { compareText } from './text.js';

const WHOLE = /^-?(0|[1-9][0-9]{0,18})$/;
const BOUND = /^([A-Za-z0-9]+)(Gte|Lte)$/;

/** Whether a record fits one filter of a list; undefined for a filter that its table has not. */
export function fitsFilter<T>(
  table: Pick<Table<T>, 'indexes' | 'measures'>,
  record: T,
  [name, value]: readonly [name: string, value: string],
): boolean | undefined {
  const index = own(table.indexes, name);
  if (index !== undefined) return index(record).includes(value);
  const bound = boundOf(table, name);
  if (bound === undefined || !WHOLE.test(value)) return undefined;
  const measured = bound.measure(record);
  if (measured === undefined) return false;
  return bound.isLeast ? measured >= BigInt(value) : measured <= BigInt(value);
}

/** The filters of a table: its indexes, and at least and at most for each of its measures. */
export function filterNames(table: Pick<Table<never>, 'indexes' | 'measures'>): readonly string[] {
  const bounds = Object.keys(table.measures ?? {}).flatMap((name) => [`${name}Gte`, `${name}Lte`]);
  return [...Object.keys(table.indexes ?? {}), ...bounds];
}

/** Orders rows by a measure, `-name` downwards; what has none comes last, ties by id. */
export function compareByMeasure<T>(
  table: Pick<Table<T>, 'measures'>,
  sort: string,
): ((a: MeasuredRow<T>, b: MeasuredRow<T>) => number) | undefined {
  const isDown = sort.startsWith('-');
  const measure = own(table.measures, isDown ? sort.slice(1) : sort);
  if (measure === undefined) return undefined;
  return (a, b) => {
    const [left, right] = [measure(a.record), measure(b.record)];
    if (left === right) return compareText(a.id, b.id);
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return left < right === isDown ? 1 : -1;
  };
}

export interface MeasuredRow<T> {
  readonly id: string;
  readonly record: T;
}

function boundOf<T>(
  table: Pick<Table<T>, 'measures'>,
  name: string,
): { measure: (record: T) => bigint | number | undefined; isLeast: boolean } | undefined {
  const [, of = '', end] = BOUND.exec(name) ?? [];
  const measure = own(table.measures, of);
  return measure === undefined ? undefined : { measure, isLeast: end === 'Gte' };
}

/** A member of a caller's name; what every object inherits is none. */
function own<V>(members: Readonly<Record<string, V>> | undefined, name: string): V | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}
