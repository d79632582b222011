import { partyKeyTable } from '@triflow/protocol';
import { defineTable, tableList } from '../table.js';
import {
  affiliationsSchema,
  governorsSchema,
  keyOwnerSchema,
  partySchema,
  viewSchema,
} from './schema.js';

const contract = 'party-registry';

/** `party/<party>` */
export const parties = defineTable({
  contract,
  name: 'party',
  schema: partySchema,
  indexes: { role: (record) => record.roles, state: (record) => [record.state] },
  visibility: { anyone: true },
});
/** `key/<party>/<keyId>`: its layout is the protocol's, because signatures are judged by it. */
export const partyKeys = partyKeyTable;
/** `keyOwner/<public key in hexadecimal>` */
export const keyOwners = defineTable({
  contract,
  name: 'keyOwner',
  schema: keyOwnerSchema,
  visibility: { anyone: true },
});
/** `affiliation/<party>` */
export const affiliations = defineTable({
  contract,
  name: 'affiliation',
  schema: affiliationsSchema,
});

/** `view/<digest of object, reader and who shows it>` */
export const views = defineTable({
  contract,
  name: 'view',
  schema: viewSchema,
  indexes: {
    for: (record) => [viewIndexValue(record.object, record.reader)],
    by: (record) => [record.by],
    reader: (record) => [record.reader],
  },
});

/** `governors/all`: the ACTIVE parties with the role GOVERNOR, whose votes count. */
export const governors = defineTable({
  contract,
  name: 'governors',
  schema: governorsSchema,
  visibility: { anyone: true },
});

export const tables = tableList(parties, partyKeys, keyOwners, affiliations, views, governors);

/** Where the views of an object that a reader was given are found in the index `for`. */
export function viewIndexValue(object: string, reader: string): string {
  return `${object}|${reader}`;
}
