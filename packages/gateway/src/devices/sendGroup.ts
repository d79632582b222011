import { isCodedError, type Logger } from '@triflow/protocol';
import type { Archive, ArchivedBatch } from '../store/archive.js';
import type { Quarantine } from '../store/quarantine.js';
import type { SubmitQueue } from '../submitQueue.js';
import { batchCommand } from './batchCommand.js';
import type { DeviceStates } from './deviceStates.js';
import type { PendingReadings } from './pendingReadings.js';
import type { Chunk } from './planBatches.js';

/** Refusals of one reading or of one batch: cut smaller, the others still pass. */
const CUT_CODES: ReadonlySet<string> = new Set([
  'BOUND_EXCEEDED',
  'CLOCK_SKEW_TOO_LARGE',
  'READING_KIND_NOT_BOUND',
  'BATCH_IS_MALFORMED',
  'PARAMS_ARE_INVALID',
]);
/** Refusals of the device: nothing of it passes now. */
const DEVICE_CODES: ReadonlySet<string> = new Set([
  'OBJECT_NOT_FOUND',
  'DEVICE_NOT_BOUND',
  'SIGNER_NOT_PARTY_TO_OBJECT',
  'BATCH_ROOT_DIFFERS',
]);

export interface SendParts {
  readonly archive: Archive;
  readonly quarantine: Quarantine;
  readonly queue: Pick<SubmitQueue, 'submit'>;
  readonly logger: Logger;
}

export interface SendState {
  readonly states: DeviceStates;
  readonly pending: PendingReadings;
}

/**
 * How a transaction of batches ended: on the chain; refused and dealt with; refused at the door,
 * so that only a transaction of its own tells which batch it was; trouble that passes.
 */
export type GroupEnd = 'committed' | 'refused' | 'ambiguous' | 'trouble';

/** Sends the batches of one transaction, their readings in the archive before. */
export async function sendGroup(
  chunks: readonly Chunk[],
  parts: SendParts,
  state: SendState,
): Promise<GroupEnd> {
  const batches = chunks.map(archived);
  try {
    await parts.archive.save(batches);
    await parts.queue.submit(chunks.map(batchCommand));
  } catch (error) {
    return await endOfFailure(chunks, error, parts, state);
  }
  for (const [at, { device, pending }] of chunks.entries()) {
    const batch = batches[at];
    if (batch === undefined) continue;
    state.states.advance(device, batch.toSeq);
    state.pending.finish(device, pending);
    await parts.archive.settle(batch);
  }
  return 'committed';
}

async function endOfFailure(
  chunks: readonly Chunk[],
  error: unknown,
  parts: SendParts,
  state: SendState,
): Promise<GroupEnd> {
  const code = isCodedError(error) ? error.code : 'INTERNAL';
  const at = isCodedError(error) ? error.details.failedCommand : undefined;
  const isNamed = typeof at === 'number';
  if (CUT_CODES.has(code) || DEVICE_CODES.has(code)) {
    if (!isNamed && chunks.length > 1) return 'ambiguous';
    const chunk = chunks[isNamed ? at : 0];
    for (const one of chunks) await parts.archive.remove(archived(one));
    if (chunk !== undefined) await refuse(chunk, code, parts, state);
    return 'refused';
  }
  // It may be on the chain all the same, so its readings stay in the archive.
  parts.logger.warn('gateway.batch_waits', { code, devices: chunks.length });
  for (const { device } of chunks) state.states.forget(device);
  return code === 'SEQUENCE_REPLAYED' ? 'refused' : 'trouble';
}

/** Cuts a refused batch in two; a single reading that is refused is put aside. */
async function refuse(
  { device, pending: sent }: Chunk,
  code: string,
  { quarantine, logger }: SendParts,
  { states, pending }: SendState,
): Promise<void> {
  if (!DEVICE_CODES.has(code) && sent.length > 1) {
    states.cut(device, sent.length);
    return;
  }
  const readings = sent.map(({ reading }) => reading);
  await quarantine.put(device, readings, 'refused', code);
  logger.error('gateway.readings_refused_by_chain', { device, readings: sent.length, code });
  pending.finish(device, sent);
}

function archived({ device, anchored, pending }: Chunk): ArchivedBatch {
  const readings = pending.map(({ reading }) => reading);
  return { device, anchored, readings, toSeq: readings.at(-1)?.seq ?? 0 };
}
