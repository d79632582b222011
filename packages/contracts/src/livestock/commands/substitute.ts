import { isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { lienReleaseProblem } from '../../pledge-facility/internal.js';
import { findAnimal } from '../internal.js';
import { lendersOf, liensOf } from '../mortgageLiens.js';
import { animalProblem, animalToChange, holdAnimal, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * In before out: an animal that already carries the same debts to the same lenders takes the place
 * of another, whose mortgage then ends. Its lenders sign.
 */
export const substitute = countersigned({
  who: ['FARM'],
  params: commandSchemas.substitute,
  object: ({ id }) => id,
  signers: (context, { id }) => lendersOf(context, id),
  verify: (context, { id, expectedVersion, by }, phase) => {
    const problem = animalProblem(context, id, { states: ['IN_PEN'], expectedVersion, phase });
    if (problem !== undefined) return problem;
    return standInProblem(context, id, by) ?? debtsProblem(context, id);
  },
  hold: holdAnimal('substitute'),
  execute: (context, { id, by }) => {
    const animal = animalToChange(context, id);
    const liens = liensOf(context, id).map((lien) => lien.id);
    const { version } = saveAnimal(context, animal, animal);
    context.emit('animal.substituted', id, { version, by, released: liens });
    return context.call('lien', 'record_release', { ids: liens });
  },
});

/** What stays must cover each facility's debt (F3, the floors): the stand-in is an item by then. */
function debtsProblem(context: ReadContext, id: string): Status {
  for (const lien of liensOf(context, id)) {
    const problem = lienReleaseProblem(context, lien);
    if (!isOk(problem)) return problem;
  }
  return OK;
}

function standInProblem(context: ReadContext, id: string, by: string): Status | undefined {
  const standIn = findAnimal(context, by);
  if (standIn === undefined) return status('reference_not_found');
  const same = by !== id && standIn.farm === findAnimal(context, id)?.farm;
  if (!same || standIn.state !== 'IN_PEN') return status('substitute_not_mortgaged');
  const owed = liensOf(context, id);
  const carried = liensOf(context, by);
  const covers = owed.every(({ holder, debtRef }) =>
    carried.some((lien) => lien.holder === holder && lien.debtRef === debtRef),
  );
  return owed.length > 0 && covers ? undefined : status('substitute_not_mortgaged');
}
