import { burdens } from '../burdens.js';
import { defineTable, tableList } from '../table.js';
import {
  countEntrySchema,
  handoverSchema,
  itemSchema,
  movementSchema,
  personSchema,
  rfidUseSchema,
  slotUseSchema,
  stocktakeSchema,
  vaultSchema,
} from './schema.js';

const contract = 'custody-items';
const SEQUENCE_DIGITS = 10;

/** `item/<ci>`; who may read its vault may read it: keeper and auditor. */
export const items = defineTable({
  contract,
  name: 'item',
  schema: itemSchema,
  objectKind: 'ci',
  indexes: {
    vault: (record) => [record.vault],
    owner: (record) => [record.owner],
    state: (record) => [record.state],
    linkedTo: (record) => [record.linkedTo],
  },
  visibility: { as: (record) => [`custody-items/vault/${record.vault}`], originOf: [burdens] },
});
/** `vault/<ci>` */
export const vaults = defineTable({
  contract,
  name: 'vault',
  schema: vaultSchema,
  indexes: { keeper: (record) => [record.keeper], auditor: (record) => [record.auditor] },
});
/** `person/<vault>/<party>` */
export const persons = defineTable({
  contract,
  name: 'person',
  schema: personSchema,
  visibility: { as: (record) => [`custody-items/vault/${record.vault}`] },
});
/** `slot/<vault>/<slot>` */
export const slots = defineTable({
  contract,
  name: 'slot',
  schema: slotUseSchema,
  visibility: { as: (record) => [record.item] },
});
/** `rfid/<tag>` */
export const rfids = defineTable({
  contract,
  name: 'rfid',
  schema: rfidUseSchema,
  visibility: { as: (record) => [record.item] },
});
/** `movement/<item>/<number, ten digits>` */
export const movements = defineTable({
  contract,
  name: 'movement',
  schema: movementSchema,
  indexes: { item: (record) => [record.item], vault: (record) => [record.vault] },
  visibility: { as: (record) => [record.item] },
});
/** `stocktake/<vault>/<number, ten digits>` */
export const stocktakes = defineTable({
  contract,
  name: 'stocktake',
  schema: stocktakeSchema,
  indexes: { vault: (record) => [record.vault] },
  visibility: { as: (record) => [`custody-items/vault/${record.vault}`] },
});
/** `counted/<vault>/<number>/<item>` */
export const countEntries = defineTable({
  contract,
  name: 'counted',
  schema: countEntrySchema,
  visibility: { as: (record) => [`custody-items/vault/${record.vault}`] },
});
/** `handover/<vault>/<number of the stocktake>` */
export const handovers = defineTable({
  contract,
  name: 'handover',
  schema: handoverSchema,
  indexes: { vault: (record) => [record.vault] },
});

/** The key parts of a numbered record of an item or vault. */
export function numbered(subject: string, number: number): [string, string] {
  return [subject, String(number).padStart(SEQUENCE_DIGITS, '0')];
}

export const tables = tableList(
  items,
  vaults,
  persons,
  slots,
  rfids,
  movements,
  stocktakes,
  countEntries,
  handovers,
);
