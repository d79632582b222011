import { isOk, OK, type WriteContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isActive } from '../../party-registry/internal.js';
import { mortgages } from '../keys.js';
import { liensOf, saleProblem } from '../mortgageLiens.js';
import { animalProblem, animalToChange, exitAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The farm sells an animal. A buyer in the ordinary course takes it free of a registered mortgage
 * (404): within the day's agreed number its lien ends with the sale.
 */
export const sell = command({
  who: ['FARM'],
  params: commandSchemas.sell,
  verify: (context, { id, expectedVersion, buyer, price }) => {
    const problem = animalProblem(context, id, { states: ['IN_PEN'], expectedVersion });
    if (problem !== undefined) return problem;
    if (buyer === context.sender) return status('parties_must_differ');
    if (!isActive(context, buyer)) return status('party_not_active');
    if (price.minor <= 0n) return status('amount_must_be_positive');
    return saleProblem(context, id, { buyer, price }) ?? OK;
  },
  execute: (context, { id, buyer, price, evidence }) => {
    const liens = liensOf(context, id);
    for (const { debtRef } of liens) countSale(context, debtRef);
    exitAnimal(context, animalToChange(context, id), 'SOLD', { buyer, price, evidence });
    if (liens.length === 0) return OK;
    const ids = liens.map((lien) => lien.id);
    const ended = context.call('lien', 'record_release', { ids });
    return isOk(ended) ? OK : ended;
  },
});

function countSale(context: WriteContext, debtRef: string): void {
  const terms = context.get(mortgages, debtRef);
  if (terms === undefined) return;
  const soldToday = terms.day === context.day ? terms.soldToday + 1 : 1;
  context.put(mortgages, [debtRef], { ...terms, day: context.day, soldToday });
}
