import { CodedError, isCodedError } from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import { demoParty } from '../demoParties.js';
import { type DeviceModel, modelKinds } from './simulateDevice.js';

/** Whoever keeps goods puts devices on them, and somebody who relies on them signs, too. */
const OWNER = 'warehouse';
const WITNESS = 'supervisor';
const MAX_SKEW_MS = 3_600_000;

export interface Placement {
  readonly device: string;
  readonly model: DeviceModel;
  /** Aliases of the device's own party and of whose gateway takes its readings. */
  readonly party: string;
  readonly gateway: string;
  readonly asset: string;
}

/**
 * Puts a device on an asset, signed by owner and witness, unless it is there already. Throws what
 * the chain says, such as DEVICE_PARTY_TAKEN.
 */
export async function putOnAsset(
  client: (alias: string) => Client,
  { device: id, model, party, gateway, asset }: Placement,
): Promise<void> {
  const owner = client(OWNER);
  const { data } = await owner.devices.get(id);
  if (data?.boundTo === asset) return;
  const bind = await owner.devices.bindDevice({
    id,
    party: idOf(party),
    gateway: idOf(gateway),
    witness: idOf(WITNESS),
    kinds: modelKinds[model].map((kind) => ({ kind })),
    maxClockSkewMs: MAX_SKEW_MS,
    asset,
    ...(data !== null && { expectedVersion: data.version }),
  });
  const { events } = await bind.commit().catch((error: unknown) => {
    if (!isCodedError(error, 'DEVICE_PARTY_TAKEN')) throw error;
    const message = `${party} is another device’s: --party is one of device-1 to device-5`;
    throw new CodedError(error.code, message, { cause: error });
  });
  const opened = events.find(({ data: said }) => 'pendingId' in said);
  const pendingId = String(opened?.data.pendingId ?? '');
  await (await client(WITNESS).devices.countersign({ id, pendingId })).commit();
}

/** The number after a device's last on the chain; 1 for one that is not there. */
export async function nextSeq(client: (alias: string) => Client, device: string): Promise<number> {
  const { data } = await client(OWNER).devices.get(device);
  return (data?.lastSeq ?? 0) + 1;
}

function idOf(alias: string) {
  const party = demoParty(alias);
  if (party !== undefined) return party.id;
  throw new CodedError('REQUEST_INVALID', `there is no party ${alias}`);
}
