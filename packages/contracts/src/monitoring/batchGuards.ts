import type { ReadContext, Status } from '@triflow/protocol';
import type { Device } from './schema.js';
import { status } from './statusCodes.js';

/**
 * Why a device's batch is refused before its readings are looked at: unknown or unbound device,
 * signer who is neither the device nor its gateway, a number that was there before (N3).
 */
export function batchProblem(
  context: ReadContext,
  device: Device | undefined,
  { fromSeq }: { readonly fromSeq: number },
): Status | undefined {
  if (device === undefined) return status('object_not_found');
  if (device.boundTo === undefined) return status('device_not_bound');
  if (context.sender !== device.party && context.sender !== device.gateway) {
    return status('signer_not_party_to_object');
  }
  return fromSeq <= device.lastSeq ? status('sequence_replayed') : undefined;
}

/**
 * Whether times are told by a clock that can be trusted: none after the block's time, and none
 * before the last one heard, by more than the device's bound.
 */
export function clockProblem(
  context: ReadContext,
  device: Device,
  times: readonly number[],
): Status | undefined {
  let last = device.lastTime;
  for (const time of times) {
    const ahead = time > context.timeMs + device.maxClockSkewMs;
    const behind = time < last - device.maxClockSkewMs;
    if (ahead || behind) return status('clock_skew_too_large');
    last = Math.max(last, time);
  }
  return undefined;
}
