import { assert, textFromTxId, type WriteContext } from '@triflow/protocol';
import { batches, batchParts, devices } from './keys.js';
import type { Batch, Device } from './schema.js';

type NewBatch = Pick<
  Batch,
  'fromSeq' | 'toSeq' | 'count' | 'fromTime' | 'toTime' | 'root' | 'how' | 'gaps'
>;

/** Records a batch and moves its device's sequence and time on. */
export function acceptBatch(context: WriteContext, device: Device, batch: NewBatch): void {
  const { boundTo } = device;
  assert(boundTo !== undefined, 'acceptBatch: the device is bound');
  const { fromSeq, toSeq, gaps, count, root, how, toTime } = batch;
  context.put(batches, batchParts(device.id, toSeq), {
    ...batch,
    device: device.id,
    asset: boundTo,
    binding: device.binding,
    txId: textFromTxId(context.txId),
    height: context.height,
    by: context.sender,
  });
  context.put(devices, [device.id], {
    ...device,
    lastSeq: toSeq,
    lastTime: Math.max(device.lastTime, toTime),
    gapsSeen: device.gapsSeen + gaps.length,
  });
  const data = { asset: boundTo, fromSeq, toSeq, count, root, how, gaps: gaps.length };
  context.emit('batch.accepted', device.id, data);
}
