import { OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { findAnimal } from '../internal.js';
import { animalProblem, animalToChange, holdAnimal, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { vetProblem } from '../signerGuards.js';
import { status } from '../statusCodes.js';

/** A missing animal is back: the vet signs that its biometric hash is that animal's. */
export const reportFound = countersigned({
  who: ['FARM'],
  params: commandSchemas.report_found,
  object: ({ id }) => id,
  signers: (_context, { vet }) => [vet],
  verify: (context, { id, expectedVersion, biometricHash, vet }, phase) => {
    const problem =
      animalProblem(context, id, { states: ['MISSING'], expectedVersion, phase }) ??
      vetProblem(context, id, vet);
    if (problem !== undefined) return problem;
    const same = findAnimal(context, id)?.biometricHash === biometricHash;
    return same ? OK : status('biometric_differs');
  },
  hold: holdAnimal('report_found'),
  execute: (context, { id, vet }) => {
    const animal = animalToChange(context, id);
    const { version } = saveAnimal(context, animal, { ...animal, state: 'IN_PEN' });
    context.emit('animal.found', id, { version, state: 'IN_PEN', pen: animal.pen, vet });
    return OK;
  },
});
