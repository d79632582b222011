import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { acceptBatch } from '../acceptBatch.js';
import { batchProblem, clockProblem } from '../batchGuards.js';
import { judgeExtremes } from '../judgeExtremes.js';
import { devices } from '../keys.js';
import { hasForm } from '../readingGuards.js';
import { type AnchorParams, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A device, or its gateway, commits to many readings by their root and leaves them outside the
 * chain. They count for no coverage; thresholds and silence are judged by what is told of them.
 */
export const anchorBatch = command({
  who: 'verified',
  params: commandSchemas.anchor_batch,
  verify: (context, params) => {
    const device = context.get(devices, params.device);
    const problem = batchProblem(context, device, params);
    if (problem !== undefined) return problem;
    const { kinds, fromTime, toTime } = params;
    const bound = defined(device, 'anchor_batch: batchProblem found it');
    const known = new Set(bound.kinds.map(({ kind }) => kind));
    if (kinds.some(({ kind }) => !known.has(kind))) return status('reading_kind_not_bound');
    if (!isWellFormed(params)) return status('batch_is_malformed');
    return clockProblem(context, bound, [fromTime, toTime]) ?? OK;
  },
  execute: (context, params) => {
    const device = defined(
      context.get(devices, params.device),
      'anchor_batch: found by its guards',
    );
    const problem = judgeExtremes(context, device, params);
    if (problem !== undefined) return problem;
    const { fromSeq, toSeq, root, fromTime, toTime, kinds } = params;
    const next = device.lastSeq + 1;
    acceptBatch(context, device, {
      fromSeq,
      toSeq,
      root,
      fromTime,
      toTime,
      gaps: fromSeq > next ? [{ fromSeq: next, toSeq: fromSeq - 1 }] : [],
      count: kinds.reduce((sum, { count }) => sum + count, 0),
      how: 'anchored',
    });
    return OK;
  },
});

function isWellFormed({ kinds, fromSeq, toSeq, fromTime, toTime }: AnchorParams): boolean {
  const count = kinds.reduce((sum, one) => sum + one.count, 0);
  const once = new Set(kinds.map(({ kind }) => kind)).size === kinds.length;
  const ordered = kinds.every(({ kind, min, max }) => {
    const forms = hasForm(kind, min) && hasForm(kind, max);
    return forms && min.every((value, at) => value <= (max[at] ?? value));
  });
  return once && ordered && count <= toSeq - fromSeq + 1 && fromTime <= toTime;
}
