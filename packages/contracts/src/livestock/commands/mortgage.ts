import { isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { isFrozenAt } from '../../frozen.js';
import { encumbranceProblem, findLien } from '../../lien/internal.js';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { findAnimal } from '../internal.js';
import { mortgages } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.mortgage>;

/**
 * The farm mortgages animals in its pens to a lender and keeps them (动产抵押, 394): a lien on each,
 * good against bona fide third parties once it is registered (403).
 */
export const mortgage = countersigned<Params>({
  who: ['FARM'],
  params: commandSchemas.mortgage,
  object: ({ debtRef }) => debtRef,
  signers: (_context, { lender }) => [lender],
  verify: (context, params, phase) => {
    const { lender, securedMax, titlePassesOnDefault } = params;
    const problem = animalsProblem(context, params, phase);
    if (problem !== undefined) return problem;
    if (!hasRole(context, lender, 'LENDER')) return status('reference_not_found');
    if (titlePassesOnDefault) return status('forfeiture_clause_forbidden');
    if (securedMax.minor <= 0n) return status('amount_must_be_positive');
    const encumbered = encumbranceProblem(context, ...params.animals.map(({ id }) => id));
    if (!isOk(encumbered)) return encumbered;
    return termsProblem(context, params) ?? OK;
  },
  execute: (context, params, grantor) => {
    const { lender: holder, debtRef, securedMax, ordinarySalesPerDay } = params;
    for (const { id, lien } of params.animals) {
      const asset = { kind: 'animal', id };
      const terms = { id: lien, asset, class: 'MORTGAGE', grantor, holder, securedMax, debtRef };
      const made = context.call('lien', 'create_exclusive', terms);
      if (!isOk(made)) return made;
      context.emit('animal.mortgaged', id, { lien, lender: holder, debtRef });
    }
    const known = context.get(mortgages, debtRef);
    if (known === undefined) {
      const terms = { debtRef, farm: grantor, lender: holder, ordinarySalesPerDay };
      context.put(mortgages, [debtRef], { ...terms, day: context.day, soldToday: 0 });
    }
    return OK;
  },
});

function animalsProblem(
  context: ReadContext,
  { animals: list }: Params,
  phase: 'open' | 'final',
): Status | undefined {
  let farm: string | undefined;
  const seen = new Set<string>();
  for (const { id, lien } of list) {
    const animal = findAnimal(context, id);
    if (animal === undefined) return status('object_not_found');
    farm ??= phase === 'open' ? context.sender : animal.farm;
    if (animal.farm !== farm) return status('signer_not_party_to_object');
    if (isFrozenAt(animal, context.timeMs)) return status('object_is_frozen');
    if (animal.pending !== undefined) return status('object_has_pending_command');
    if (animal.state !== 'IN_PEN') return status('state_forbids_command');
    if (findLien(context, lien) !== undefined) return status('id_already_exists');
    if (seen.has(id) || seen.has(lien)) return status('id_already_exists');
    seen.add(id).add(lien);
  }
  return undefined;
}

/** Further animals join a debt on its own terms. */
function termsProblem(context: ReadContext, params: Params): Status | undefined {
  const known = context.get(mortgages, params.debtRef);
  if (known === undefined) return undefined;
  const first = params.animals[0];
  const farm = first === undefined ? undefined : findAnimal(context, first.id)?.farm;
  const same =
    known.lender === params.lender &&
    known.farm === farm &&
    known.ordinarySalesPerDay === params.ordinarySalesPerDay;
  return same ? undefined : status('mortgage_terms_differ');
}
