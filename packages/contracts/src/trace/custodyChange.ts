import { defined, type PartyId, type ReadContext, type WriteContext } from '@triflow/protocol';
import { findLot } from '../warehouse-receipt/internal.js';
import { custodies, custodySteps, sequenceParts } from './keys.js';
import type { Custody } from './schema.js';

/** A lot's custody as it stands; before the first hand-over its keeper has it. */
export function custodyOf(context: ReadContext, lot: string): Custody {
  const keeper = () => defined(findLot(context, lot), `trace: ${lot} was found`).warehouse;
  return (
    context.get(custodies, lot) ?? {
      lot,
      custodian: keeper(),
      state: 'HELD',
      since: context.timeMs,
      steps: 0,
      version: 1,
    }
  );
}

/** The version that `expectedVersion` names: 0 before the first hand-over. */
export function custodyVersion(context: ReadContext, lot: string): number {
  return context.get(custodies, lot)?.version ?? 0;
}

/** Puts a waiting hand-over's lot back to HELD with its custodian. */
export function restoreCustody(context: WriteContext, lot: string): Custody {
  const { receiver: _, pendingId: __, ...before } = custodyOf(context, lot);
  const held: Custody = { ...before, state: 'HELD', version: before.version + 1 };
  context.put(custodies, [lot], held);
  return held;
}

/** Notes a hand-over or a refusal in the lot's own history. */
export function addStep(
  context: WriteContext,
  custody: Custody,
  step: {
    readonly kind: 'hand_over' | 'refuse';
    readonly giver: PartyId;
    readonly receiver: PartyId;
    readonly events: readonly string[];
    readonly reason?: string;
  },
): void {
  const steps = custody.steps + 1;
  const { lot } = custody;
  const record = { lot, ...step, events: [...step.events], at: context.timeMs };
  context.put(custodySteps, sequenceParts(lot, steps), record);
  context.put(custodies, [lot], { ...custody, steps });
}
