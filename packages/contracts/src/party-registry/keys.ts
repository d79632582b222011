import { partyKeyTable } from '@triflow/protocol';
import { defineTable, tableList } from '../table.js';
import { affiliationsSchema, keyOwnerSchema, partySchema } from './schema.js';

const contract = 'party-registry';

/** `party/<party>` */
export const parties = defineTable({
  contract,
  name: 'party',
  schema: partySchema,
  indexes: { role: (record) => record.roles, state: (record) => [record.state] },
});
/** `key/<party>/<keyId>`: its layout is the protocol's, because signatures are judged by it. */
export const partyKeys = partyKeyTable;
/** `keyOwner/<public key in hexadecimal>` */
export const keyOwners = defineTable({ contract, name: 'keyOwner', schema: keyOwnerSchema });
/** `affiliation/<party>` */
export const affiliations = defineTable({
  contract,
  name: 'affiliation',
  schema: affiliationsSchema,
});

export const tables = tableList(parties, partyKeys, keyOwners, affiliations);
