import { partyKeyTable } from '@triflow/protocol';
import { defineTable } from '../table.js';
import { affiliationsSchema, keyOwnerSchema, partySchema } from './schema.js';

const contract = 'party-registry';

export const parties = defineTable({
  contract,
  name: 'party',
  schema: partySchema,
  indexes: { role: (record) => record.roles, state: (record) => [record.state] },
});
/** Its layout is the protocol's, because signatures are judged by it. */
export const partyKeys = partyKeyTable;
export const keyOwners = defineTable({ contract, name: 'keyOwner', schema: keyOwnerSchema });
export const affiliations = defineTable({
  contract,
  name: 'affiliation',
  schema: affiliationsSchema,
});

export const tables = [parties, partyKeys, keyOwners, affiliations] as const;
