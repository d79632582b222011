import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { journeyProblem } from '../coldChain.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { meetDebt } from '../supplyRecord.js';
import { lotProblem } from '../tracedLot.js';
import { findTree, moveTree, stopProblem, type Tree, treeToChange } from '../unitRecords.js';

/** CDC or clinic takes a shipment with its papers and a whole temperature record (V 37, 39). */
export const receive = command({
  who: ['CDC', 'CLINIC'],
  params: commandSchemas.receive,
  verify: (context, { id, expectedVersion, releaseCopy }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = arrivalProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    const copied = releaseCopy?.hash === tree.lot.release.certificate?.hash;
    if (releaseCopy === undefined || !copied) return status('lot_release_copy_missing');
    return journeyProblem(context, tree.standing) ?? OK;
  },
  execute: (context, { id }) => {
    const tree = treeToChange(context, id);
    const { shipment: _, ...standing } = tree.standing;
    const receiver = context.sender;
    const giver = standing.custodian;
    const next = {
      ...standing,
      state: 'RECEIVED' as const,
      custodian: receiver,
      principal: receiver,
      since: context.timeMs,
    };
    const { version } = moveTree(context, tree, next, { kind: 'receive', giver, receiver });
    const data = { version, state: 'RECEIVED', giver, custodian: receiver };
    context.emit('custody.changed', id, data);
    return meetDebt(context, tree);
  },
});

/** The receiver that the shipment names signs, while the goods are on their way. */
function arrivalProblem(
  context: ReadContext,
  tree: Tree,
  expectedVersion: number,
): Status | undefined {
  const { standing, lot } = tree;
  if (lot.kind !== 'vaccine') return status('lot_is_not_vaccine');
  if (standing.state === 'QUARANTINED') return status('unit_is_quarantined');
  if (standing.state !== 'IN_TRANSIT') return status('state_forbids_command');
  if (standing.shipment?.to !== context.sender) return status('signer_not_party_to_object');
  return stopProblem(context, tree, expectedVersion) ?? lotProblem(context, lot);
}
