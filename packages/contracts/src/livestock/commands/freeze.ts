import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findAnimal } from '../internal.js';
import { hasLeft } from '../lifecycle.js';
import { animalToChange, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An order stops everything on an animal but reads, counts and alerts (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, { id }) => {
    const animal = findAnimal(context, id);
    if (animal === undefined) return status('object_not_found');
    if (isFrozenAt(animal, context.timeMs)) return status('object_is_frozen');
    return hasLeft(animal.state) ? status('state_forbids_command') : OK;
  },
  execute: (context, { id, order, until }) => {
    const animal = animalToChange(context, id);
    const frozen = { by: context.sender, order, ...(until === undefined ? {} : { until }) };
    const { version } = saveAnimal(context, animal, { ...animal, frozen });
    context.emit('animal.frozen', id, { version, ...frozen });
    return OK;
  },
});
