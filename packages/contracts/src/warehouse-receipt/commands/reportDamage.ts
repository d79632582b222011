import { OK, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { findLot } from '../internal.js';
import { damages } from '../keys.js';
import { loadLot, saveLot } from '../records.js';
import { commandSchemas, type Lot } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper must tell of goods that deteriorate or are damaged (912, 913). */
export const reportDamage = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.report_damage,
  verify: (context, params) => {
    const lot = findLot(context, params.id);
    if (lot === undefined) return status('object_not_found');
    return firstProblem(
      () => (lot.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => quantityProblem(lot, params.quantity),
    );
  },
  execute: (context, { id, ...report }) => {
    const lot = loadLot(context, id);
    const number = lot.damageReports + 1;
    const damage = { lot: id, number, ...report, reportedAt: context.timeMs };
    context.put(damages, [id, String(number)], damage);
    const { version } = saveLot(context, { ...lot, damageReports: number });
    const { kind, quantity, evidence } = report;
    context.emit('lot.damage_reported', id, { version, report: number, kind, quantity, evidence });
    return OK;
  },
});

function quantityProblem(
  lot: Lot,
  stated: Parameters<typeof quantityAtScale>[1] | undefined,
): Status {
  const quantity = stated && quantityAtScale(lot.onHand, stated);
  return quantity !== undefined && isStatus(quantity) ? quantity : OK;
}
