import { defined, type PartyId, type ReadContext } from '@triflow/protocol';
import { parties } from './keys.js';
import type { Party } from './schema.js';

/** The party that the guards have just found. */
export function partyToChange(context: ReadContext, id: PartyId): Party {
  return defined(context.get(parties, id), `party-registry: ${id} was found by its guards`);
}
