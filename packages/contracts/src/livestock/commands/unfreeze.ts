import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findAnimal } from '../internal.js';
import { animalToChange, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party whose order stopped an animal lets it go on (R11). */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, { id }) => {
    const animal = findAnimal(context, id);
    if (animal === undefined) return status('object_not_found');
    if (!isFrozenAt(animal, context.timeMs)) return status('state_forbids_command');
    return animal.frozen?.by === context.sender ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { id, order }) => {
    const before = animalToChange(context, id);
    const { frozen: _, ...animal } = before;
    const { version } = saveAnimal(context, before, animal);
    context.emit('animal.unfrozen', id, { version, by: context.sender, order });
    return OK;
  },
});
