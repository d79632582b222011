import type { PartyId, ReadContext, Status } from '@triflow/protocol';
import { hasRole } from '../party-registry/internal.js';
import { findAnimal } from './internal.js';
import { tags } from './keys.js';
import { status } from './statusCodes.js';

/** A vet is another party than the farm, with the role. */
export function vetProblem(context: ReadContext, id: string, vet: PartyId): Status | undefined {
  if (vet === findAnimal(context, id)?.farm) return status('parties_must_differ');
  return hasRole(context, vet, 'VET') ? undefined : status('reference_not_found');
}

/** A1: a tag that is bound serves one animal; a retired one never again serves any. */
export function tagProblem(context: ReadContext, tag: string): Status | undefined {
  const use = context.get(tags, tag);
  if (use === undefined) return undefined;
  return status(use.state === 'RETIRED' ? 'tag_is_retired' : 'tag_is_bound');
}
