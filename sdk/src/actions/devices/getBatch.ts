import { type Batch, batches, batchParts } from '@triflow/contracts/schemas';
import type { ClientCore } from '../../client/clientCore.js';
import { type ReadOptions, readRecordAt } from '../../client/readState.js';
import type { ReadResult } from '../../client/verified.js';

/** Reads the record of a batch, by device and its last number, or proves that there is none. */
export function getBatch(
  core: ClientCore,
  batch: { readonly device: string; readonly toSeq: number },
  options?: ReadOptions,
): Promise<ReadResult<Batch>> {
  return readRecordAt(core, batches, batchParts(batch.device, batch.toSeq), options);
}
