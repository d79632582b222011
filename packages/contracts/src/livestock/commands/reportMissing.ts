import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { animalProblem, animalToChange, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';

/** The farm says that an animal is not in its pen; its tag stays bound, its mortgage stays. */
export const reportMissing = command({
  who: ['FARM'],
  params: commandSchemas.report_missing,
  verify: (context, { id, expectedVersion }) =>
    animalProblem(context, id, { states: ['IN_PEN'], expectedVersion }) ?? OK,
  execute: (context, { id, reason }) => {
    const animal = animalToChange(context, id);
    const { version } = saveAnimal(context, animal, { ...animal, state: 'MISSING' });
    context.emit('animal.missing', id, { version, state: 'MISSING', pen: animal.pen, reason });
    return OK;
  },
});
