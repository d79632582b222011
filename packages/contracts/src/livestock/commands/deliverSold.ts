import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findAnimal } from '../internal.js';
import { liensOf } from '../mortgageLiens.js';
import { animalToChange, exitAnimal } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Animals sold in an enforcement pass to the buyer, free of the liens that the proceeds paid. One
 * that died or went missing between sale and distribution keeps its state: only its liens end.
 */
export const deliverSold = internalCommand({
  callers: ['pledge-facility'],
  params: internalSchemas.deliver_sold,
  verify: (context, { ids }) => {
    for (const id of ids) {
      const animal = findAnimal(context, id);
      if (animal === undefined) return status('object_not_found');
      if (isFrozenAt(animal, context.timeMs)) return status('object_is_frozen');
    }
    return OK;
  },
  execute: (context, { ids, to }) => {
    const liens: string[] = [];
    for (const id of ids) {
      for (const lien of liensOf(context, id)) liens.push(lien.id);
      const { pending: _ended, ...animal } = animalToChange(context, id);
      if (animal.state === 'IN_PEN') exitAnimal(context, animal, 'SOLD', { buyer: to });
    }
    return liens.length === 0 ? OK : context.call('lien', 'record_enforced', { ids: liens });
  },
});
