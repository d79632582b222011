import { burdens } from '../burdens.js';
import { defineTable, tableList } from '../table.js';
import { isUnconsumed } from './lifecycle.js';
import {
  claimSchema,
  creditLineSchema,
  estoppelSchema,
  exposureSchema,
  rootSchema,
} from './schema.js';

const contract = 'receivable';

/** `claim/<rv>`; index `leaves` holds what is not consumed, under its root. */
export const claims = defineTable({
  contract,
  name: 'claim',
  schema: claimSchema,
  objectKind: 'rv',
  indexes: {
    holder: (record) => [record.holder],
    debtor: (record) => [record.debtor],
    party: (record) => [...new Set([record.holder, record.debtor, record.originalCreditor])],
    lender: (record) => {
      const lender = record.financing?.lender ?? record.pledge?.lender;
      return lender === undefined ? [] : [lender];
    },
    state: (record) => [record.state],
    root: (record) => [record.root],
    leaves: (record) => (isUnconsumed(record.state) ? [record.root] : []),
    flag: (record) => record.flags,
    parent: (record) => record.parents,
  },
  /** Who holds a part may read the claims that it came from. */
  visibility: { originOf: [burdens, { table: 'receivable/claim', index: 'parent' }] },
});
/** `root/<rv>`: invoices, terms and sums of a whole tree of claims. */
export const roots = defineTable({
  contract,
  name: 'root',
  schema: rootSchema,
  indexes: {
    debtor: (record) => [record.debtor],
    creditor: (record) => [record.originalCreditor],
    invoice: (record) => record.invoices.map((part) => part.invoice),
  },
  visibility: { originOf: [{ table: 'receivable/claim', index: 'root' }] },
});
/** `estoppel/<rv>`: a debtor's confirmation, never changed. */
export const estoppels = defineTable({ contract, name: 'estoppel', schema: estoppelSchema });
/** `creditLine/<debtor>/<currency>` */
export const creditLines = defineTable({
  contract,
  name: 'creditLine',
  schema: creditLineSchema,
  indexes: { debtor: (record) => [record.debtor] },
});

/** `exposure/<lender>/<currency>/<debtor>`, and the sum of all under `all` */
export const exposures = defineTable({
  contract,
  name: 'exposure',
  schema: exposureSchema,
  visibility: { parties: (record) => [record.lender] },
});

export const tables = tableList(claims, roots, estoppels, creditLines, exposures);
