import type { ReadContext, Status, WriteContext } from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { isStatus } from '../status.js';
import { journeyProblem } from './coldChain.js';
import { reports, sequenceParts } from './keys.js';
import { status } from './statusCodes.js';
import { endDebt } from './supplyRecord.js';
import { findTree, moveTree, treeToChange } from './unitRecords.js';
import type { Report, UnitStanding } from './unitSchema.js';

/** Why the sender cannot refuse a shipment: it has not come, or not to the sender. */
export function shipmentProblem(context: ReadContext, id: string): Status | undefined {
  const tree = findTree(context, id);
  if (isStatus(tree)) return tree;
  const { unit, standing, lot } = tree;
  if (standing.state !== 'IN_TRANSIT') return status('state_forbids_command');
  if (standing.shipment?.to !== context.sender) return status('signer_not_party_to_object');
  const frozen = isFrozenAt(unit, context.timeMs) || isFrozenAt(lot, context.timeMs);
  if (frozen) return status('object_is_frozen');
  return standing.pending === undefined ? undefined : status('object_has_pending_command');
}

/**
 * The goods are held where they are, with whoever has them, and a report to the drug and health
 * authorities is due at once (V 37).
 */
export function refuseShipment(context: WriteContext, id: string, reason: string): Status {
  const tree = treeToChange(context, id);
  const cause = causeOf(journeyProblem(context, tree.standing));
  const { shipment, ...standing } = tree.standing;
  const reporter = context.sender;
  const giver = standing.custodian;
  const next: UnitStanding = {
    ...standing,
    state: 'QUARANTINED',
    former: shipment?.before ?? 'COMMISSIONED',
    since: context.timeMs,
  };
  const note = { kind: 'refuse' as const, giver, receiver: reporter, reason };
  const { version, steps, lot } = moveTree(context, tree, next, note);
  const report = { unit: id, lot, reporter, cause, reason, dueAt: context.timeMs };
  context.put(reports, sequenceParts(id, steps), report);
  context.emit('unit.quarantined', id, { version, state: 'QUARANTINED', giver, reason, cause });
  const to = ['drug_authority', 'health_authority'];
  context.emit('report.due', id, { version, number: steps, lot, reporter, cause, reason, to });
  return endDebt(context, tree);
}

function causeOf(problem: Status | undefined): Report['cause'] {
  const code = problem?.code;
  return code === 'temperature_record_incomplete' || code === 'temperature_out_of_range'
    ? code
    : 'other';
}
