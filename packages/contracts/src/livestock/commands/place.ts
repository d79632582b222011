import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { findAnimal, findPen } from '../internal.js';
import { animalProblem, animalToChange, holdAnimal, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { vetProblem } from '../signerGuards.js';
import { status } from '../statusCodes.js';

/** The farm puts an animal into a pen, or moves it to another, before a vet, who signs after. */
export const place = countersigned({
  who: ['FARM'],
  params: commandSchemas.place,
  object: ({ id }) => id,
  signers: (_context, { vet }) => [vet],
  verify: (context, { id, expectedVersion, pen, vet }, phase) =>
    animalProblem(context, id, { states: ['TAGGED', 'IN_PEN'], expectedVersion, phase }) ??
    vetProblem(context, id, vet) ??
    penProblem(context, id, pen) ??
    OK,
  hold: holdAnimal('place'),
  execute: (context, { id, pen, vet }) => {
    const animal = animalToChange(context, id);
    const enteredAt = animal.enteredAt ?? context.timeMs;
    const placed = { ...animal, pen, state: 'IN_PEN' as const, enteredAt };
    const { version } = saveAnimal(context, animal, placed);
    context.emit('animal.placed', id, { version, state: 'IN_PEN', pen, former: animal.pen, vet });
    return OK;
  },
});

function penProblem(context: ReadContext, id: string, pen: string): Status | undefined {
  const found = findPen(context, pen);
  const animal = findAnimal(context, id);
  const owned = found !== undefined && found.farm === animal?.farm;
  if (!owned) return status('reference_not_found');
  return animal.state === 'IN_PEN' && animal.pen === pen
    ? status('state_forbids_command')
    : undefined;
}
