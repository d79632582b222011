import { defined, type ReadContext } from '@triflow/protocol';
import { facilities } from './keys.js';
import type { Facility } from './schema.js';

/** A facility that the guards have found. */
export function loadFacility(context: ReadContext, id: string): Facility {
  return defined(context.get(facilities, id), `pledge-facility: no facility ${id}`);
}
