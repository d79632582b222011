import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { releasedProblem } from '../mortgageLiens.js';
import { animalProblem, animalToChange, exitAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';

/** The farm culls an animal; a mortgaged one only when its lender has released it. */
export const cull = command({
  who: ['FARM'],
  params: commandSchemas.cull,
  verify: (context, { id, expectedVersion }) =>
    animalProblem(context, id, { states: ['IN_PEN'], expectedVersion }) ??
    releasedProblem(context, id) ??
    OK,
  execute: (context, { id, reason, evidence }) => {
    exitAnimal(context, animalToChange(context, id), 'CULLED', { reason, evidence });
    return OK;
  },
});
