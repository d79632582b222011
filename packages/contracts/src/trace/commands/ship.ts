import { isOk, OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { isStatus } from '../../status.js';
import { directions } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { openDebt } from '../supplyRecord.js';
import { lotProblem } from '../tracedLot.js';
import { custodianProblem, findTree, moveTree, type Tree, treeToChange } from '../unitRecords.js';

/** MAH or CDC, or a carrier that has the goods for them, sends vaccine on its way (V 35, 36). */
export const ship = command({
  who: ['MAH', 'CDC', 'CARRIER'],
  params: commandSchemas.ship,
  verify: (context, { id, expectedVersion, to, monitoredAs = id }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    if (tree.lot.kind !== 'vaccine') return status('lot_is_not_vaccine');
    const refusal = stateProblem(context, tree) ?? receiverProblem(context, tree, to);
    if (refusal !== undefined) return refusal;
    const known = monitoredAs === id || tree.unit.joinedTo.includes(monitoredAs);
    return known ? OK : status('not_joined');
  },
  execute: (context, { id, to, monitoredAs = id }) => {
    const tree = treeToChange(context, id);
    const { standing } = tree;
    const begun = context.call('monitoring', 'begin_shipment', { asset: monitoredAs });
    if (!isOk(begun)) return begun;
    const shippedAt = context.timeMs;
    const before =
      standing.state === 'RECEIVED' ? ('RECEIVED' as const) : ('COMMISSIONED' as const);
    const from = standing.principal ?? standing.custodian;
    const { status: opened, debt } = openDebt(context, tree, { from, to });
    if (!isOk(opened)) return opened;
    const owed = debt === undefined ? {} : { debt };
    const shipment = { from, to, shippedAt, monitoredAs, before, ...owed };
    const next = { ...standing, state: 'IN_TRANSIT' as const, since: shippedAt, shipment };
    const { version } = moveTree(context, tree, next, { kind: 'ship', giver: from, receiver: to });
    context.emit('unit.shipped', id, {
      version,
      state: 'IN_TRANSIT',
      from,
      to,
      monitoredAs,
      ...owed,
    });
    return OK;
  },
});

/** Only what is released leaves its maker (V 26); nothing recalled, expired or held moves on. */
function stateProblem(context: ReadContext, { standing, lot }: Tree): Status | undefined {
  const { state } = standing;
  if (state === 'QUARANTINED') return status('unit_is_quarantined');
  if (state !== 'COMMISSIONED' && state !== 'RECEIVED') return status('state_forbids_command');
  if (lot.release.state === 'REFUSED') return status('lot_release_refused');
  if (lot.release.state !== 'RELEASED') return status('lot_not_released');
  return lotProblem(context, lot);
}

/**
 * Vaccine goes to a CDC, and to a clinic from a CDC; from its maker to a clinic only where a CDC
 * directed it in writing (V 35, 36).
 */
function receiverProblem(
  context: ReadContext,
  { standing, lot }: Tree,
  to: PartyId,
): Status | undefined {
  const from = standing.principal ?? standing.custodian;
  if (to === from || to === standing.custodian) return status('parties_must_differ');
  if (hasRole(context, to, 'CDC')) return undefined;
  if (!hasRole(context, to, 'CLINIC')) return status('receiver_may_not_take_vaccine');
  if (hasRole(context, from, 'CDC')) return undefined;
  const directed = from === lot.maker && context.get(directions, lot.id, to) !== undefined;
  return directed ? undefined : status('clinic_supply_only_through_cdc');
}
