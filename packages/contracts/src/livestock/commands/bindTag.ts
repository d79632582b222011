import { OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { tags } from '../keys.js';
import { animalProblem, animalToChange, holdAnimal, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { tagProblem, vetProblem } from '../signerGuards.js';

/** The farm puts a tag on an animal before a vet, who signs after. */
export const bindTag = countersigned({
  who: ['FARM'],
  params: commandSchemas.bind_tag,
  object: ({ id }) => id,
  signers: (_context, { vet }) => [vet],
  verify: (context, { id, expectedVersion, tag, vet }, phase) =>
    animalProblem(context, id, { states: ['REGISTERED'], expectedVersion, phase }) ??
    vetProblem(context, id, vet) ??
    tagProblem(context, tag) ??
    OK,
  hold: holdAnimal('bind_tag'),
  execute: (context, { id, tag, vet }) => {
    const animal = animalToChange(context, id);
    context.put(tags, [tag], { animal: id, state: 'BOUND' });
    const { version } = saveAnimal(context, animal, { ...animal, tag, state: 'TAGGED' });
    context.emit('animal.tagged', id, { version, state: 'TAGGED', tag, vet });
    return OK;
  },
});
