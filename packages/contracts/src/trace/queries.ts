import { type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { indexText } from './indexText.js';
import { bodies, custodySteps, lotEventEntries, tracedLots, traceEvents } from './keys.js';
import { custodyQueries } from './queries/custodyQueries.js';
import { provenance } from './queries/provenance.js';
import { recallImpact } from './queries/recallImpact.js';
import { threeFlow } from './queries/threeFlow.js';
import { unitQueries } from './queries/unitQueries.js';
import { eventKeySchema, lotIdSchema, type TraceEventRecord } from './schema.js';

/** What the API may ask by name; further lists by the indexes of `trace/event`. */
export const queries = {
  /** An event's facts with its own bytes. */
  event: query({
    params: z.strictObject({ key: eventKeySchema }),
    run: async (reader, { key }) => {
      const record = await reader.get(traceEvents, key);
      const proofRef = [stateKey(traceEvents, [key])];
      if (record === undefined) return { data: null, proofRef };
      const body = await bodyOf(reader, record);
      return { data: { ...record, body: body.bytes }, proofRef: [...proofRef, ...body.keys] };
    },
  }),
  /** Lots that are traced, by id; those kept in a warehouse are objects of their own kind. */
  tracedLots: query({
    params: z.strictObject({ ...pageFields }),
    run: async (reader, { after, limit }) => {
      const from = after === undefined ? {} : { after };
      const page = await reader.list(tracedLots, { limit, ...from });
      const items = page.map(({ record }) => record);
      const proofRef = items.map(({ id }) => stateKey(tracedLots, [id]));
      return answer(items, proofRef, page.length === limit ? page.at(-1)?.id : undefined);
    },
  }),
  /** A lot's events in the order of linking, page by page. */
  eventsOfLot: query({
    params: z.strictObject({ lot: lotIdSchema, ...pageFields }),
    run: async (reader, { lot, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'lot', value: lot };
      const page = await reader.list(lotEventEntries, { index, limit, ...from });
      const items: unknown[] = [];
      const proofRef: string[] = [];
      for (const { id, record } of page) {
        items.push({ ...record, facts: await reader.get(traceEvents, record.event) });
        proofRef.push(`${lotEventEntries.contract}/${lotEventEntries.name}/${id}`);
        proofRef.push(stateKey(traceEvents, [record.event]));
      }
      return answer(items, proofRef, page.length === limit ? page.at(-1)?.id : undefined);
    },
  }),
  /** Events that name an EPC in canonical form (a Digital Link, or the URI itself). */
  eventsOfEpc: query({
    params: z.strictObject({ epc: z.string().min(1).max(256), ...pageFields }),
    run: async (reader, { epc, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'epc', value: indexText(epc) };
      const page = await reader.list(traceEvents, { index, limit, ...from });
      const items = page.map(({ record }) => record);
      const proofRef = items.map(({ key }) => stateKey(traceEvents, [key]));
      return answer(items, proofRef, page.length === limit ? page.at(-1)?.id : undefined);
    },
  }),
  /** Hand-overs and refusals of a lot in their order, page by page. */
  custodyHistory: query({
    params: z.strictObject({ lot: lotIdSchema, ...pageFields }),
    run: async (reader, { lot, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'lot', value: lot };
      const page = await reader.list(custodySteps, { index, limit, ...from });
      const items = page.map(({ record }) => record);
      const proofRef = page.map(({ id }) => `${custodySteps.contract}/${custodySteps.name}/${id}`);
      return answer(items, proofRef, page.length === limit ? page.at(-1)?.id : undefined);
    },
  }),
  ...unitQueries,
  ...custodyQueries,
  provenance,
  recallImpact,
  threeFlow,
};

async function bodyOf(
  reader: QueryReader,
  record: TraceEventRecord,
): Promise<{ readonly bytes: Uint8Array; readonly keys: readonly string[] }> {
  const bytes = new Uint8Array(record.bodyBytes);
  const keys: string[] = [];
  let offset = 0;
  for (let piece = 0; piece < record.bodyPieces; piece += 1) {
    const parts = [record.key, String(piece)] as const;
    const found = await reader.get(bodies, ...parts);
    if (found !== undefined) bytes.set(found.bytes, offset);
    offset += found?.bytes.length ?? 0;
    keys.push(stateKey(bodies, parts));
  }
  return { bytes, keys };
}

function answer(items: readonly unknown[], proofRef: readonly string[], next?: string) {
  return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
}
