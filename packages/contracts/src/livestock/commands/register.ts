import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { findAnimal, findPen } from '../internal.js';
import { animals, biometrics } from '../keys.js';
import { type Animal, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A farm registers an animal before it enters a pen. Its biometric hash is the animal: one that
 * lives, is missing or has died is not registered again; one that was sold may be, by its new
 * farm (A4).
 */
export const register = command({
  who: ['FARM'],
  params: commandSchemas.register,
  verify: (context, { id, born, biometricHash, insurance }) => {
    const taken = findAnimal(context, id) !== undefined || findPen(context, id) !== undefined;
    if (taken) return status('id_already_exists');
    if (born > context.day) return status('born_in_future');
    const known = context.get(biometrics, biometricHash)?.animal;
    const former = known === undefined ? undefined : findAnimal(context, known);
    if (former !== undefined && former.state !== 'SOLD') return status('animal_already_registered');
    if (insurance === undefined) return OK;
    if (!hasRole(context, insurance.insurer, 'INSURER')) return status('reference_not_found');
    return insurance.validTo < context.day ? status('deadline_has_passed') : OK;
  },
  execute: (context, { insurance, ...facts }) => {
    const animal: Animal = {
      ...facts,
      farm: context.sender,
      ...(insurance === undefined ? {} : { insurance }),
      state: 'REGISTERED',
      registeredAt: context.timeMs,
      version: 1,
    };
    const { id, species, born, sex, biometricHash, batch, farm } = animal;
    context.put(animals, [id], animal);
    context.put(biometrics, [biometricHash], { animal: id });
    const data = {
      version: 1,
      state: 'REGISTERED',
      farm,
      species,
      born,
      sex,
      biometricHash,
      batch,
    };
    context.emit('animal.registered', id, data);
    return OK;
  },
});
