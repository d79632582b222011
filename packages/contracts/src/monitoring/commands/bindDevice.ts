import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import { hasRole, isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { endBinding, startBinding } from '../binding.js';
import { assetDevices, deviceParties, devices } from '../keys.js';
import { type BindParams, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The owner puts a device on an asset and the SUPERVISOR or LENDER that relies on it agrees: the
 * first time, or from another asset. Its sequence goes on; what it measured stays with what it
 * was bound to.
 */
export const bindDevice = countersigned({
  who: 'anyone',
  params: commandSchemas.bind_device,
  object: (params) => params.id,
  signers: (_, params) => [params.witness],
  verify: (context, params, phase) => {
    const device = context.get(devices, params.id);
    if (phase === 'open') {
      if (device === undefined && params.expectedVersion !== undefined) {
        return status('object_not_found');
      }
      if (device !== undefined && params.expectedVersion === undefined) {
        return status('id_already_exists');
      }
      if (device !== undefined && device.owner !== context.sender) {
        return status('signer_not_party_to_object');
      }
      if (device !== undefined && device.version !== params.expectedVersion) {
        return status('object_version_is_stale');
      }
      if (params.witness === context.sender) return status('parties_must_differ');
    } else if ((device === undefined) !== (params.expectedVersion === undefined)) {
      return status('id_already_exists');
    }
    return partyProblem(context, params) ?? termsProblem(context, params) ?? OK;
  },
  execute: (context, params, opener) => {
    const device = context.get(devices, params.id);
    if (device?.boundTo !== undefined) endBinding(context, device);
    startBinding(context, params, device, opener);
    return OK;
  },
});

/** The device's party is its alone; the witness has an office that lenders rely on. */
function partyProblem(context: ReadContext, params: BindParams): Status | undefined {
  const { id, party, witness, gateway } = params;
  if (!hasRole(context, party, 'DEVICE')) return status('reference_not_found');
  const holder = context.get(deviceParties, party)?.device;
  if (holder !== undefined && holder !== id) return status('device_party_taken');
  const known = context.get(devices, id);
  if (known !== undefined && known.party !== party) return status('device_party_differs');
  const relied = hasRole(context, witness, 'SUPERVISOR') || hasRole(context, witness, 'LENDER');
  if (!relied) return status('reference_not_found');
  return gateway === undefined || isActive(context, gateway)
    ? undefined
    : status('reference_not_found');
}

function termsProblem(context: ReadContext, { kinds, asset }: BindParams): Status | undefined {
  const named = new Set(kinds.map(({ kind }) => kind));
  if (named.size !== kinds.length) return status('reading_kind_named_twice');
  const bindings = context.get(assetDevices, asset)?.bindings ?? [];
  const live = bindings.filter(({ to }) => to === undefined).length;
  return live < limits.bindingsPerAssetMax ? undefined : status('bound_exceeded');
}
