import { compareText, limits, type QueryHandler, type QueryReader } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { reportText } from './reportText.js';

/** What of a report's own parameters an export passes on. */
const passed = [
  'party',
  'core',
  'warehouse',
  'line',
  'days',
  'months',
  'buckets',
  'group',
  'case',
  'root',
] as const;
const textSchema = z.string().min(1).max(limits.indexTextMax).optional();

/**
 * A report as one text that is the same byte for byte on every node: all its pages, members in the
 * order of their names, whole numbers as decimals. CSV by RFC 4180, or JSON.
 */
export function reportExportOf(reports: Readonly<Record<string, QueryHandler>>): QueryHandler {
  const names = Object.keys(reports).sort(compareText);
  const fields = Object.fromEntries(passed.map((name) => [name, textSchema]));
  return query({
    params: z.strictObject({
      report: z.enum(names as [string, ...string[]]),
      format: z.enum(['csv', 'json']).default('csv'),
      ...fields,
    }),
    run: async (reader, { report, format, ...given }) => {
      const handler = reports[report];
      const parameters = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      );
      const rows = handler === undefined ? [] : await allRows(reader, handler, parameters);
      if (rows === undefined)
        return { data: { report, problem: 'params_are_invalid' }, proofRef: [] };
      const text = reportText(rows, format);
      const mediaType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
      const complete = rows.length < limits.viewRecordsMax;
      const data = {
        report,
        format,
        mediaType,
        asOf: reader.timeMs,
        rows: rows.length,
        complete,
        text,
      };
      return { data, proofRef: [] };
    },
  });
}

interface Answered {
  readonly items: readonly unknown[];
  readonly next?: string;
}

/** Every page of a report, at most `viewRecordsMax` rows; undefined when parameters do not fit. */
async function allRows(
  reader: QueryReader,
  handler: QueryHandler,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly unknown[] | undefined> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = cursor === undefined ? {} : { cursor };
    const paged = handler.params.safeParse({ ...parameters, ...page });
    if (!paged.success) return undefined;
    const { data } = await handler.run(reader, paged.data as never);
    const { items, next } = data as Answered;
    rows.push(...items);
    cursor = next;
  } while (cursor !== undefined && rows.length < limits.viewRecordsMax);
  return rows.slice(0, limits.viewRecordsMax);
}
