import { defined, OK } from '@triflow/protocol';
import { versionIs } from '../../params.js';
import { countersigned } from '../../pending.js';
import { endBinding } from '../binding.js';
import { devices } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The owner takes a device off its asset; whoever relied on it agrees. */
export const unbindDevice = countersigned({
  who: 'verified',
  params: commandSchemas.unbind_device,
  object: (params) => params.id,
  signers: (context, { id }) => {
    return [defined(context.get(devices, id), 'unbind_device: found by its guards').witness];
  },
  verify: (context, { id, expectedVersion }, phase) => {
    const device = context.get(devices, id);
    if (device === undefined) return status('object_not_found');
    const opens = phase === 'open';
    if (opens && device.owner !== context.sender) return status('signer_not_party_to_object');
    if (device.boundTo === undefined) return status('device_not_bound');
    const stale = opens && !versionIs(device, expectedVersion);
    return stale ? status('object_version_is_stale') : OK;
  },
  execute: (context, { id }) => {
    const device = defined(context.get(devices, id), 'unbind_device: found by its guards');
    endBinding(context, device);
    const { boundTo, ...rest } = device;
    const version = device.version + 1;
    context.put(devices, [id], { ...rest, state: 'UNBOUND', version });
    const asset = boundTo ?? null;
    context.emit('device.unbound', id, { version, state: 'UNBOUND', asset });
    return OK;
  },
});
