import { defineTable, tableList } from '../table.js';
import { obligationSchema, openListSchema, proofSchema, referenceSchema } from './schema.js';

const contract = 'payment';

/** `obligation/<id>`; index `open` holds what is not paid, under both parties and `all`. */
export const obligations = defineTable({
  contract,
  name: 'obligation',
  schema: obligationSchema,
  objectKind: 'ob',
  indexes: {
    debtor: (record) => [record.debtor],
    creditor: (record) => [record.creditor],
    state: (record) => [record.state],
    sourceRef: (record) => [record.sourceRef],
    open: (record) =>
      record.state === 'OPEN' || record.state === 'PARTLY_PAID'
        ? ['all', record.debtor, record.creditor]
        : [],
  },
});
/** `proof/<id>` */
export const proofs = defineTable({
  contract,
  name: 'proof',
  schema: proofSchema,
  objectKind: 'pp',
  indexes: {
    party: (record) => [
      ...new Set([record.payer, record.payee, record.payerBank, record.payeeBank]),
    ],
    payer: (record) => [record.payer],
    payee: (record) => [record.payee],
    state: (record) => [record.state],
  },
});
/** `reference/<payer's bank>/<folded reference>/<value day>` */
export const references = defineTable({ contract, name: 'reference', schema: referenceSchema });
/** `message/<message hash>` */
export const messages = defineTable({ contract, name: 'message', schema: referenceSchema });
/** `openList/<debtor>/<creditor>/<currency>` */
export const openLists = defineTable({ contract, name: 'openList', schema: openListSchema });

export const tables = tableList(obligations, proofs, references, messages, openLists);
