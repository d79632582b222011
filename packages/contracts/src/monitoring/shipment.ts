import { OK } from '@triflow/protocol';
import { internalCommand } from '../defineContract.js';
import { assetDevices } from './keys.js';
import { internalSchemas } from './schema.js';

/** Goods set out: what cumulative windows sum starts again at the block's time. */
export const beginShipment = internalCommand({
  callers: ['trace'],
  params: internalSchemas.begin_shipment,
  verify: () => OK,
  execute: (context, { asset }) => {
    const bindings = context.get(assetDevices, asset)?.bindings ?? [];
    context.put(assetDevices, [asset], { bindings: [...bindings], shipmentFrom: context.timeMs });
    return OK;
  },
});
