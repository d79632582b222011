import { assert } from '@triflow/protocol';
import type { PaymentTerm, StatedTerm } from './schema.js';

/** The term as it is kept, once the guards have refused "pay when the third party pays". */
export function agreedTerm({ basis, ...rest }: StatedTerm): PaymentTerm {
  assert(basis !== 'third_party_payment', 'agreedTerm: the guards refuse it');
  return { basis, ...rest };
}
