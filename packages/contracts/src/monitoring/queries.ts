import { limits, stateKey, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { readThrough } from '../readThrough.js';
import { judgeCoverage } from './judgeCoverage.js';
import { alerts, batches, batchParts } from './keys.js';
import { assetSchema, deviceIdSchema, readingKindSchema, severitySchema } from './schema.js';

export { alerts, assetAlerts, assetDevices } from './keys.js';

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
    run: async (reader, { asset, t0, t1, kind }) => {
      const request = { asset, from: t0, to: t1, kind };
      const { value, keys } = await readThrough(reader, (view) => judgeCoverage(view, request));
      return { data: value, proofRef: keys };
    },
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
