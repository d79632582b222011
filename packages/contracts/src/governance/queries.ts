import { parametersAt, parametersTable, stateKey, validatorSetsTable } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { anchorParts, anchors } from './keys.js';

const CONTRACT_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** What the API may ask by name; proposals by id, state and kind come from their table. */
export const queries = {
  /** What is in force for a contract (or `consensus`) at the height, and what is decided. */
  parameters: query({
    params: z.strictObject({ contract: z.string().regex(CONTRACT_NAME).default('consensus') }),
    run: async (reader, { contract }) => {
      const record = await reader.get(parametersTable, contract);
      const proofRef = [stateKey(parametersTable, [contract])];
      if (record === undefined) return { data: null, proofRef };
      const inForce = parametersAt(record, reader.height);
      const later = (record.later ?? []).filter((one) => one.fromHeight > reader.height);
      return { data: { contract, values: inForce, later }, proofRef };
    },
  }),
  /** The validator sets that count now and next. */
  validatorSets: query({
    params: z.strictObject({}),
    run: async (reader) => {
      const record = await reader.get(validatorSetsTable, 'all');
      return { data: record ?? null, proofRef: [stateKey(validatorSetsTable, ['all'])] };
    },
  }),
  /** The roots under which a party's nodes have anchored their access logs. */
  accessLogAnchors: query({
    params: z.strictObject({ party: z.string().max(64), ...pageFields }),
    run: async (reader, { party, after, limit }) => {
      const index = { name: 'party', value: party };
      const from = after === undefined ? {} : { after };
      const page = await reader.list(anchors, { index, limit, ...from });
      const items = page.map(({ record }) => record);
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const proofRef = items.map((one) => stateKey(anchors, anchorParts(one.node, one.from)));
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};
