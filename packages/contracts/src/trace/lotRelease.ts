import type { ReadContext, Status, WriteContext } from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { tracedLots } from './keys.js';
import { status } from './statusCodes.js';
import { lotToChange } from './tracedLot.js';
import { findTracedLot } from './unitRecords.js';
import type { TracedLot } from './unitSchema.js';

/** Why a lot's release cannot be decided: it is no vaccine, or decided already. */
export function awaitedProblem(
  context: ReadContext,
  id: string,
  expectedVersion: number,
): Status | undefined {
  const lot = findTracedLot(context, id);
  if (lot === undefined) return status('object_not_found');
  if (lot.kind !== 'vaccine') return status('lot_is_not_vaccine');
  if (isFrozenAt(lot, context.timeMs)) return status('object_is_frozen');
  if (lot.version !== expectedVersion) return status('object_version_is_stale');
  return lot.release.state === 'AWAITED' ? undefined : status('state_forbids_command');
}

/** Marks the lot once; the state of its units follows from the mark. */
export function markRelease(
  context: WriteContext,
  id: string,
  decision: Pick<TracedLot['release'], 'state' | 'certificate' | 'reason'>,
): void {
  const lot = lotToChange(context, id);
  const release = { ...decision, by: context.sender, at: context.timeMs };
  const version = lot.version + 1;
  context.put(tracedLots, [id], { ...lot, release, version });
  const type = decision.state === 'RELEASED' ? 'lot.released' : 'lot.refused';
  context.emit(type, id, { version, ...release });
}
