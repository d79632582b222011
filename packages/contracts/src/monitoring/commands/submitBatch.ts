import { defined, equalBytes, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { acceptBatch } from '../acceptBatch.js';
import { batchProblem } from '../batchGuards.js';
import { judgeReadings } from '../judgeReadings.js';
import { devices } from '../keys.js';
import { orderProblem, readingProblem } from '../readingGuards.js';
import { readingLeaf } from '../readingLeaf.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A device, or its gateway, hands in readings: they travel in the transaction and are judged here;
 * the state keeps their root, what they cover and how the rules stand.
 */
export const submitBatch = command({
  who: 'verified',
  params: commandSchemas.submit_batch,
  verify: (context, params) => {
    const device = context.get(devices, params.device);
    const problem = batchProblem(context, device, params);
    if (problem !== undefined) return problem;
    const bound = defined(device, 'submit_batch: batchProblem found it');
    const { readings } = params;
    const wrong = orderProblem(params) ?? readingProblem(context, bound, readings);
    if (wrong !== undefined) return wrong;
    const root = context.merkleRoot(readings.map((reading) => readingLeaf(bound.id, reading)));
    return equalBytes(root, params.root) ? OK : status('batch_root_differs');
  },
  execute: (context, params) => {
    const device = defined(
      context.get(devices, params.device),
      'submit_batch: found by its guards',
    );
    const { readings, fromSeq, toSeq, root } = params;
    const problem = judgeReadings(context, device, readings);
    if (problem !== undefined) return problem;
    let seq = device.lastSeq;
    const gaps: { fromSeq: number; toSeq: number }[] = [];
    for (const reading of readings) {
      if (reading.seq > seq + 1) gaps.push({ fromSeq: seq + 1, toSeq: reading.seq - 1 });
      seq = reading.seq;
    }
    const times = readings.map(({ time }) => time);
    acceptBatch(context, device, {
      fromSeq,
      toSeq,
      root,
      gaps,
      count: readings.length,
      fromTime: Math.min(...times),
      toTime: Math.max(...times),
      how: 'submitted',
    });
    return OK;
  },
});
