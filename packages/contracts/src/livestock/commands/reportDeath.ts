import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { countersigned } from '../../pending.js';
import { findAnimal } from '../internal.js';
import { animalProblem, animalToChange, exitAnimal, holdAnimal } from '../records.js';
import { commandSchemas } from '../schema.js';
import { vetProblem } from '../signerGuards.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.report_death>;

/**
 * The farm reports a death with the animal's tag, photo and inspection; its insurer signs after,
 * or a vet where nobody insures it. A mortgage stays: it now covers the insurance money (390).
 */
export const reportDeath = countersigned<Params>({
  who: ['FARM'],
  params: commandSchemas.report_death,
  object: ({ id }) => id,
  signers: (context, params) => signersOf(context, params),
  verify: (context, params, phase) => {
    const { id, expectedVersion, tag, photo, inspection } = params;
    const states = ['IN_PEN', 'MISSING'] as const;
    const problem = animalProblem(context, id, { states, expectedVersion, phase });
    if (problem !== undefined) return problem;
    const complete = tag !== undefined && photo !== undefined && inspection !== undefined;
    const own = tag === findAnimal(context, id)?.tag;
    if (!complete || !own) return status('death_evidence_missing');
    return signerProblem(context, params) ?? OK;
  },
  hold: holdAnimal('report_death'),
  execute: (context, { id, inspection }) => {
    const evidence = inspection === undefined ? {} : { evidence: inspection };
    exitAnimal(context, animalToChange(context, id), 'DEAD', evidence);
    return OK;
  },
});

/** An insurer whose policy has ended answers for nothing any more. */
function insurerOf(context: ReadContext, id: string): PartyId | undefined {
  const insurance = findAnimal(context, id)?.insurance;
  return insurance !== undefined && insurance.validTo >= context.day
    ? insurance.insurer
    : undefined;
}

function signersOf(context: ReadContext, { id, vet }: Params): PartyId[] {
  const signer = insurerOf(context, id) ?? vet;
  return signer === undefined ? [] : [signer];
}

function signerProblem(context: ReadContext, { id, vet }: Params): Status | undefined {
  if (insurerOf(context, id) !== undefined) return undefined;
  return vet === undefined ? status('insurer_must_sign') : vetProblem(context, id, vet);
}
