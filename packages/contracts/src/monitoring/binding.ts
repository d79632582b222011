import { limits, type PartyId, type WriteContext } from '@triflow/protocol';
import { assetDevices, deviceParties, devices } from './keys.js';
import type { AssetDevices, BindParams, Device } from './schema.js';

/** Puts a device on an asset from the block's time on; its sequence goes on. */
export function startBinding(
  context: WriteContext,
  params: BindParams,
  before: Device | undefined,
  owner: PartyId,
): void {
  const { asset, expectedVersion: _, ...terms } = params;
  const { id, party, witness, gateway, kinds } = terms;
  const device: Device = {
    ...terms,
    owner: before?.owner ?? owner,
    boundTo: asset,
    boundAt: context.timeMs,
    binding: (before?.binding ?? 0) + 1,
    lastSeq: before?.lastSeq ?? 0,
    lastTime: before?.lastTime ?? 0,
    gapsSeen: before?.gapsSeen ?? 0,
    state: 'BOUND',
    version: (before?.version ?? 0) + 1,
  };
  context.put(devices, [id], device);
  context.put(deviceParties, [party], { device: id });
  const stored = context.get(assetDevices, asset) ?? { bindings: [] };
  const added = { device: id, binding: device.binding, from: context.timeMs };
  const bindings = withinBound([...stored.bindings, added]);
  context.put(assetDevices, [asset], { ...stored, bindings });
  const { version, state, binding } = device;
  context.emit('device.bound', id, {
    version,
    state,
    binding,
    asset,
    party,
    owner: device.owner,
    witness,
    ...(gateway === undefined ? {} : { gateway }),
    kinds,
  });
}

/** Ends a device's binding at the block's time; its readings stay with the asset. */
export function endBinding(context: WriteContext, device: Device): void {
  const asset = device.boundTo;
  const stored = asset === undefined ? undefined : context.get(assetDevices, asset);
  if (asset === undefined || stored === undefined) return;
  const bindings = stored.bindings.map((one) => {
    const isThis = one.device === device.id && one.binding === device.binding;
    return isThis ? { ...one, to: context.timeMs } : one;
  });
  context.put(assetDevices, [asset], { ...stored, bindings });
}

/** Past the bound the oldest binding that has ended is dropped. */
function withinBound(bindings: AssetDevices['bindings']): AssetDevices['bindings'] {
  if (bindings.length <= limits.bindingsPerAssetMax) return bindings;
  const oldest = bindings.findIndex(({ to }) => to !== undefined);
  return bindings.filter((_, at) => at !== oldest);
}
