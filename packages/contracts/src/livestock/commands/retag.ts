import { OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { tags } from '../keys.js';
import { lendersOf } from '../mortgageLiens.js';
import { animalProblem, animalToChange, holdAnimal, retireTag, saveAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { tagProblem, vetProblem } from '../signerGuards.js';
import { status } from '../statusCodes.js';

/** A lost or damaged tag is replaced: the vet signs, and the lender of a mortgaged animal. */
export const retag = countersigned({
  who: ['FARM'],
  params: commandSchemas.retag,
  object: ({ id }) => id,
  signers: (context, { id, vet }) => [vet, ...lendersOf(context, id)],
  verify: (context, { id, expectedVersion, tag, vet, tamperEvidence }, phase) => {
    const problem =
      animalProblem(context, id, { states: ['IN_PEN'], expectedVersion, phase }) ??
      vetProblem(context, id, vet) ??
      tagProblem(context, tag);
    if (problem !== undefined) return problem;
    return tamperEvidence === undefined ? status('tamper_evidence_missing') : OK;
  },
  hold: holdAnimal('retag'),
  execute: (context, { id, tag, vet, tamperEvidence }) => {
    const animal = animalToChange(context, id);
    retireTag(context, animal);
    context.put(tags, [tag], { animal: id, state: 'BOUND' });
    const { version } = saveAnimal(context, animal, { ...animal, tag });
    const former = animal.tag;
    context.emit('animal.tagged', id, { version, tag, former, vet, tamperEvidence });
    return OK;
  },
});
