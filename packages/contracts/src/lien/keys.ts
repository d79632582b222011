import { stateKey } from '@triflow/protocol';
import { defineTable, tableList } from '../table.js';
import { isLive } from './lifecycle.js';
import {
  claimantSchema,
  goodsStageSchema,
  lienSchema,
  onAssetSchema,
  registrationSchema,
} from './schema.js';

const contract = 'lien';

/** `lien/lien/<ln>`: who secures what for whom, amounts and terms. */
export const liens = defineTable({
  contract,
  name: 'lien',
  schema: lienSchema,
  objectKind: 'ln',
  indexes: {
    asset: (record) => [record.asset.id],
    holder: (record) => [record.holder],
    grantor: (record) => [record.grantor],
    state: (record) => [record.state],
    debtRef: (record) => [record.debtRef],
    /** Live liens only: by these the holder of a lien reads the record of what secures it. */
    burdens: (record) => (isLive(record.state) ? [record.asset.id] : []),
  },
});

/** `lien/onAsset/<asset>`: the live liens of an asset; no record, no lien. */
export const onAsset = defineTable({
  contract,
  name: 'onAsset',
  schema: onAssetSchema,
  /** Class, state and times only, never amounts: what anyone may know of a given asset. */
  visibility: { anyone: true },
});

/** `lien/registration/<number>`: whose filing a registration number is. */
export const registrations = defineTable({
  contract,
  name: 'registration',
  schema: registrationSchema,
});

/** `lien/stage/<object or line>`: what goods are at a stage, whence, and who holds them. */
export const stages = defineTable({
  contract,
  name: 'stage',
  schema: goodsStageSchema,
  indexes: { lineage: (record) => record.parts.map((part) => part.lineage) },
});

/** `lien/claimant/<financing or lien>`: whether it still holds the goods that name it. */
export const claimants = defineTable({ contract, name: 'claimant', schema: claimantSchema });

export const tables = tableList(liens, onAsset, registrations, stages, claimants);

/** The state key whose absence proves that an asset carries no lien. */
export function onAssetKey(asset: string): string {
  return stateKey(onAsset, [asset]);
}

/**
 * The state keys whose absence proves that nothing encumbers a receipt: its own, its lot's, and
 * its holder's, under which liens stand that float over all that the holder has.
 */
export function lienProofKeys(receipt: {
  readonly id: string;
  readonly lot: string;
  readonly holder: string;
}): readonly string[] {
  return [receipt.id, receipt.lot, receipt.holder].map(onAssetKey);
}
