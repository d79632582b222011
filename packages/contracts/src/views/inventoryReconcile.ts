import type { QueryReader } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { partyIdSchema } from '../fields.js';
import { assetAlerts, assetDevices } from '../monitoring/queries.js';
import { isOpenReceipt, type Lot, lots, receipts } from '../warehouse-receipt/queries.js';
import { allOfIndex, pageOfIndex, viewPage } from './page.js';

/**
 * A warehouse's lots: what its books say is on hand, what receipts stand for, what devices and
 * alerts say, and where these differ.
 */
export const inventoryReconcile = query({
  params: z.strictObject({ warehouse: partyIdSchema, ...viewPage }),
  run: (reader, { warehouse, ...page }) =>
    pageOfIndex(reader, lots, { name: 'warehouse', value: warehouse }, page, (lot) =>
      reconcile(reader, lot),
    ),
});

async function reconcile(reader: QueryReader, lot: Lot) {
  const found = await allOfIndex(reader, receipts, { name: 'lot', value: lot.id });
  const open = found.records.filter((receipt) => isOpenReceipt(receipt.state));
  const summed = open.reduce((sum, receipt) => sum + receipt.quantity.value, 0n);
  const devices = (await reader.get(assetDevices, lot.id))?.bindings ?? [];
  const alerts = await reader.get(assetAlerts, lot.id);
  const { onHand, receipted, state, sku } = lot;
  const differences = [
    ...(summed === receipted.value ? [] : ['receipts_differ_from_sum']),
    ...(receipted.value <= onHand.value ? [] : ['receipted_exceeds_on_hand']),
    ...(state === 'SHORT' ? ['stocktake_short'] : []),
    ...((alerts?.openCritical ?? 0) > 0 ? ['critical_alert_open'] : []),
  ];
  return {
    lot: lot.id,
    sku,
    state,
    unit: onHand.unit,
    scale: onHand.scale,
    bookValue: onHand.value,
    receiptedValue: receipted.value,
    receiptsValue: summed,
    openReceipts: open.length,
    unreceiptedValue: onHand.value - receipted.value,
    devices: devices.filter((one) => one.to === undefined).map((one) => one.device),
    openAlerts: alerts?.open ?? 0,
    differences,
  };
}
