import { isPartyId } from '@triflow/protocol';
import { partyRecordKey } from '../party-registry/internal.js';
import { defineTable, tableList } from '../table.js';
import { isOpen } from './lifecycle.js';
import {
  alertSchema,
  assetAlertsSchema,
  assetDevicesSchema,
  batchSchema,
  coversSchema,
  devicePartySchema,
  deviceSchema,
  episodeSchema,
  ruleListSchema,
  ruleSchema,
  seriesSchema,
  watchSchema,
} from './schema.js';

const contract = 'monitoring';
const SEQUENCE_DIGITS = 16;
/** The episode of a record's alert whose caller names none. */
export const ONLY_EPISODE = '-';

/** `device/<id>` */
export const devices = defineTable({
  contract,
  name: 'device',
  schema: deviceSchema,
  objectKind: 'dv',
  indexes: {
    owner: (record) => [record.owner],
    gateway: (record) => (record.gateway === undefined ? [] : [record.gateway]),
    asset: (record) => (record.boundTo === undefined ? [] : [record.boundTo]),
    state: (record) => [record.state],
  },
  visibility: { as: ({ boundTo }) => (boundTo === undefined ? [] : [boundTo]) },
});
/** `deviceOf/<party>`: a key speaks for one device. */
export const deviceParties = defineTable({ contract, name: 'deviceOf', schema: devicePartySchema });
/** `onAsset/<asset>` */
export const assetDevices = defineTable({ contract, name: 'onAsset', schema: assetDevicesSchema });
/** `cover/<asset>` */
export const covers = defineTable({ contract, name: 'cover', schema: coversSchema });
/** `batch/<device>/<toSeq, sixteen digits>`: the first at or after a number holds its reading. */
export const batches = defineTable({
  contract,
  name: 'batch',
  schema: batchSchema,
  indexes: { device: (record) => [record.device], asset: (record) => [record.asset] },
  visibility: { as: ({ device, asset }) => [device, asset] },
});
/** `series/<device>/<binding>/<reading kind>` */
export const series = defineTable({ contract, name: 'series', schema: seriesSchema });
/** `watch/<device>/<binding>/<rule>` */
export const watches = defineTable({ contract, name: 'watch', schema: watchSchema });
/** `rule/<id>`: the version in force. */
export const rules = defineTable({
  contract,
  name: 'rule',
  schema: ruleSchema,
  indexes: { owner: (record) => [record.owner], state: (record) => [record.state] },
  visibility: { as: ({ selector }) => ('asset' in selector ? [selector.asset] : []) },
});
/** `ruleVersion/<id>/<version>`: as set, never changed. */
export const ruleVersions = defineTable({ contract, name: 'ruleVersion', schema: ruleSchema });
/** `rulesFor/<asset, or kind of asset>` */
export const ruleLists = defineTable({ contract, name: 'rulesFor', schema: ruleListSchema });
/** `alert/<id>` */
export const alerts = defineTable({
  contract,
  name: 'alert',
  schema: alertSchema,
  objectKind: 'al',
  indexes: {
    asset: (record) => [record.asset],
    kind: (record) => [record.kind],
    owner: (record) => [record.owner],
    state: (record) => [record.state],
    openSeverity: (record) => (isOpen(record.state) ? [record.severity] : []),
  },
  visibility: { as: ({ asset }) => [isPartyId(asset) ? partyRecordKey(asset) : asset] },
});
/** `alertsOn/<asset>` */
export const assetAlerts = defineTable({ contract, name: 'alertsOn', schema: assetAlertsSchema });
/** `episode/<asset>/<kind>/<episode>` */
export const episodes = defineTable({ contract, name: 'episode', schema: episodeSchema });

/** The key parts of a batch's record. */
export function batchParts(device: string, toSeq: number): [string, string] {
  return [device, String(toSeq).padStart(SEQUENCE_DIGITS, '0')];
}

export const tables = tableList(
  devices,
  deviceParties,
  assetDevices,
  covers,
  batches,
  series,
  watches,
  rules,
  ruleVersions,
  ruleLists,
  alerts,
  assetAlerts,
  episodes,
);
