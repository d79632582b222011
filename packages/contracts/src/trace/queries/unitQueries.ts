import { stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../../defineContract.js';
import { pageFields } from '../../fields.js';
import { derivedCounts, derivedState } from '../derivedState.js';
import { lotCounts, reports, unitSteps, units } from '../keys.js';
import { emptyCounts } from '../tracedLot.js';
import { lotIdSchema } from '../traceIds.js';
import { unitIdSchema } from '../unitSchema.js';
import { readMarks } from './lotReader.js';
import { readTop } from './treeReader.js';

/** A unit, a lot and what is due, as they stand. */
export const unitQueries = {
  /** A unit with the standing of its tree: state by its lot's marks, custodian, journey. */
  unit: query({
    params: z.strictObject({ id: unitIdSchema }),
    run: async (reader, { id }) => {
      const unit = await reader.get(units, id);
      const proofRef = [stateKey(units, [id])];
      const tree = unit === undefined ? undefined : await readTop(reader, unit);
      const lot = unit === undefined ? undefined : await readMarks(reader, unit.lot);
      if (tree?.top.top === undefined || lot === undefined) return { data: null, proofRef };
      const standing = tree.top.top;
      const state = derivedState(standing, lot.marks);
      const data = { ...unit, tree: tree.top.id, standing, state };
      return { data, proofRef: [...proofRef, ...tree.keys, ...lot.keys] };
    },
  }),
  /** A traced lot with its units by state; EXPIRED and RECALLED follow from Day and marks (T2). */
  lot: query({
    params: z.strictObject({ id: lotIdSchema }),
    run: async (reader, { id }) => {
      const found = await readMarks(reader, id);
      const proofRef = [...(found?.keys ?? []), stateKey(lotCounts, [id])];
      if (found === undefined) return { data: null, proofRef };
      const counts = (await reader.get(lotCounts, id)) ?? emptyCounts;
      const { lot, recalled } = found.marks;
      const byState = derivedCounts(counts.byState, found.marks);
      return { data: { ...lot, recalled, commissioned: counts.commissioned, byState }, proofRef };
    },
  }),
  /** The steps of a unit in their order, page by page; while packed those of its tree count. */
  unitHistory: query({
    params: z.strictObject({ unit: unitIdSchema, ...pageFields }),
    run: async (reader, { unit, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'unit', value: unit };
      const page = await reader.list(unitSteps, { index, limit, ...from });
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const items = page.map(({ record }) => record);
      const proofRef = page.map(({ id }) => `trace/unitStep/${id}`);
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
  /** Reports to the authorities that are due and not filed, of one reporter or of all. */
  reportsDue: query({
    params: z.strictObject({ reporter: z.string().max(64).default('all'), ...pageFields }),
    run: async (reader, { reporter, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'due', value: reporter };
      const page = await reader.list(reports, { index, limit, ...from });
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const items = page.map(({ record }) => record);
      const proofRef = page.map(({ id }) => `trace/report/${id}`);
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};
