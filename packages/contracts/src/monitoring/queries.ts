import {
  isKeyPart,
  limits,
  type QueryAnswer,
  type QueryReader,
  type ReadContext,
  stateKey,
  timeSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { judgeCoverage } from './judgeCoverage.js';
import { alerts, batches, batchParts } from './keys.js';
import { assetSchema, deviceIdSchema, readingKindSchema, severitySchema } from './schema.js';

/** Reads that depend on reads: each round fetches what the last one found missing. */
const ROUNDS_MAX = 8;

/** What the API may ask by name; lists by index come from the tables themselves. */
export const queries = {
  /** Whether submitted readings cover an asset's time, where not, and whether they are in range. */
  coverage: query({
    params: z.strictObject({
      asset: assetSchema,
      t0: timeSchema,
      t1: timeSchema,
      kind: readingKindSchema.default('TEMPERATURE'),
    }),
    run: (reader, { asset, t0, t1, kind }) =>
      readAhead(reader, (context) => judgeCoverage(context, { asset, from: t0, to: t1, kind })),
  }),
  /**
   * The batch that holds a reading, by device and number: its root stands in the state, its
   * readings in the transaction (`submitted`) or with the gateway (`anchored`). Null when none does.
   */
  readingProof: query({
    params: z.strictObject({
      device: deviceIdSchema,
      seq: z.coerce.number().int().min(1).max(limits.deviceSequenceMax),
    }),
    run: async (reader, { device, seq }) => {
      const index = { name: 'device', value: device };
      const after = batchParts(device, seq - 1).join('/');
      const [found] = await reader.list(batches, { index, after, limit: 1 });
      const batch = found?.record;
      const lost = batch?.gaps.some((gap) => gap.fromSeq <= seq && seq <= gap.toSeq) ?? true;
      if (batch === undefined || lost || seq < batch.fromSeq) return { data: null, proofRef: [] };
      const proofRef = [stateKey(batches, batchParts(device, batch.toSeq))];
      return { data: { batch }, proofRef };
    },
  }),
  /** Open alerts of a severity that were raised before an age, with deadlines and owners. */
  alertBacklog: query({
    params: z.strictObject({
      severity: severitySchema,
      /** Only alerts that were raised so long ago, in ms. */
      age: z.coerce.number().int().min(0).default(0),
      ...pageFields,
    }),
    run: async (reader, { severity, age, after, limit }) => {
      const index = { name: 'openSeverity', value: severity };
      const from = after === undefined ? {} : { after };
      const page = await reader.list(alerts, { index, limit, ...from });
      const items = page
        .map(({ record }) => record)
        .filter((alert) => reader.timeMs - alert.raisedAt >= age)
        .map((alert) => ({ ...alert, overdue: isOverdue(alert, reader.timeMs) }));
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const proofRef = items.map(({ id }) => stateKey(alerts, [id]));
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};

function isOverdue(
  alert: { readonly state: string; readonly ackBy: number; readonly resolveBy: number },
  timeMs: number,
): boolean {
  return timeMs > alert.resolveBy || (alert.state === 'RAISED' && timeMs > alert.ackBy);
}

/** Runs a synchronous reading over an asynchronous reader; names every key that it read. */
async function readAhead(
  reader: QueryReader,
  read: (context: Pick<ReadContext, 'get'>) => unknown,
): Promise<QueryAnswer> {
  const known = new Map<string, unknown>();
  let data: unknown;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const missing: Promise<void>[] = [];
    const learn = async (key: string, found: Promise<unknown>) => {
      known.set(key, await found);
    };
    const context: Pick<ReadContext, 'get'> = {
      get: (table, ...parts) => {
        if (!parts.every(isKeyPart)) return undefined;
        const key = stateKey(table, parts);
        if (!known.has(key)) missing.push(learn(key, reader.get(table, ...parts)));
        return known.get(key) as never;
      },
    };
    data = read(context);
    if (missing.length === 0) break;
    await Promise.all(missing);
  }
  return { data, proofRef: [...known.keys()] };
}
