import { defined, type ReadContext } from '@triflow/protocol';
import { proofs } from './keys.js';
import type { Proof } from './schema.js';

/** The proof that the guards have just found. */
export function proofToChange(context: ReadContext, id: string): Proof {
  return defined(context.get(proofs, id), `payment: ${id} was found by its guards`);
}
