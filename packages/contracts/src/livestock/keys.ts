import { burdens } from '../burdens.js';
import { defineTable, tableList } from '../table.js';
import {
  animalSchema,
  biometricUseSchema,
  curveSchema,
  herdSchema,
  mortgageSchema,
  penSchema,
  tagUseSchema,
} from './schema.js';

const contract = 'livestock';

/** `animal/<an>` */
export const animals = defineTable({
  contract,
  name: 'animal',
  schema: animalSchema,
  objectKind: 'an',
  indexes: {
    farm: (record) => [record.farm],
    pen: (record) => (record.state === 'IN_PEN' && record.pen !== undefined ? [record.pen] : []),
    state: (record) => [record.state],
    batch: (record) => [indexable(record.batch)],
  },
  visibility: { originOf: [burdens] },
});
/** `tag/<tag>` */
export const tags = defineTable({
  contract,
  name: 'tag',
  schema: tagUseSchema,
  visibility: { parties: () => [], as: (record) => [record.animal] },
});
/** `biometric/<digest>` */
export const biometrics = defineTable({
  contract,
  name: 'biometric',
  schema: biometricUseSchema,
  visibility: { parties: () => [], as: (record) => [record.animal] },
});
/** `pen/<an>` */
export const pens = defineTable({
  contract,
  name: 'pen',
  schema: penSchema,
  indexes: { farm: (record) => [record.farm] },
  /** Who reads an animal that stands in it reads the pen, and how its heads were counted. */
  visibility: { originOf: [{ table: 'livestock/animal', index: 'pen' }] },
});
/** `herd/<farm>` */
export const herds = defineTable({ contract, name: 'herd', schema: herdSchema });
/** `mortgage/<debt>` */
export const mortgages = defineTable({
  contract,
  name: 'mortgage',
  schema: mortgageSchema,
  indexes: { farm: (record) => [record.farm], lender: (record) => [record.lender] },
});
/** `curve/<lender>/<species>` */
export const curves = defineTable({ contract, name: 'curve', schema: curveSchema });

export const tables = tableList(animals, tags, biometrics, pens, herds, mortgages, curves);

/** A batch's name in an index: spaces and what is not plain as underscores. */
function indexable(text: string): string {
  return text.replace(/[^0-9A-Za-z:._~-]/g, '_').slice(0, 60);
}
