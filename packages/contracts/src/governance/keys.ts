import {
  evidenceTable,
  observersTable,
  parametersTable,
  validatorSetsTable,
  validatorSetTable,
} from '@triflow/protocol';
import { defineTable, tableList } from '../table.js';
import {
  anchorHeadSchema,
  anchorSchema,
  consensusKeySchema,
  featureSchema,
  proposalSchema,
} from './schema.js';

const contract = 'governance';
const ENTRY_DIGITS = 12;
const visibility = { anyone: true } as const;

/** `proposal/<id>` */
export const proposals = defineTable({
  contract,
  name: 'proposal',
  schema: proposalSchema,
  objectKind: 'gp',
  indexes: { state: (record) => [record.state], kind: (record) => [record.change.kind] },
  visibility,
});
/** `feature/<name>` */
export const features = defineTable({
  contract,
  name: 'feature',
  schema: featureSchema,
  visibility,
});
/** `consensusKey/<public key in hexadecimal>`: used once, never again (R-S3). */
export const consensusKeys = defineTable({
  contract,
  name: 'consensusKey',
  schema: consensusKeySchema,
  visibility,
});
/** `anchor/<peer id of the node>/<first entry, twelve digits>` */
export const anchors = defineTable({
  contract,
  name: 'anchor',
  schema: anchorSchema,
  indexes: { party: (record) => [record.party], node: (record) => [record.node] },
  visibility,
});
/** `anchorHead/<peer id of the node>`: the last entry anchored. */
export const anchorHeads = defineTable({
  contract,
  name: 'anchorHead',
  schema: anchorHeadSchema,
  visibility,
});

export const tables = tableList(
  proposals,
  features,
  consensusKeys,
  anchors,
  anchorHeads,
  validatorSetsTable,
  validatorSetTable,
  observersTable,
  parametersTable,
  evidenceTable,
);

/** The key parts of an anchor. */
export function anchorParts(node: string, from: number): [string, string] {
  return [node, String(from).padStart(ENTRY_DIGITS, '0')];
}
