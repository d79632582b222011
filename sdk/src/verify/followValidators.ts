import { validatorSetHash } from '@triflow/crypto';
import {
  type ChainBinding,
  failure,
  type Result,
  sortValidators,
  success,
  type ValidatorEntry,
} from '@triflow/protocol';
import type { KnownSet } from './trustAnchor.js';
import { type SignedHeader, verifyHeader } from './verifyHeader.js';

/** One change of validators: the last header of a set, which commits to the next set (R-S1). */
export interface ValidatorStep extends SignedHeader {
  readonly nextValidators: readonly ValidatorEntry[];
}

/**
 * Goes from a known set to the next: its quorum signed the header that commits to it. Faults:
 * those of `verifyHeader`, `step_backwards`, `wrong_validators`.
 */
export function followValidators(
  chain: ChainBinding,
  known: KnownSet,
  step: ValidatorStep,
): Result<KnownSet> {
  const verified = verifyHeader(chain, known, step);
  if (!verified.ok) return verified;
  const { header } = verified.value;
  if (header.height < known.fromHeight) {
    return failure('step_backwards', 'the header is older than the set');
  }
  const set = sortValidators(step.nextValidators);
  const hash = validatorSetHash(set);
  if (hash !== header.nextValidatorsHash || hash === known.hash) {
    return failure('wrong_validators', 'the header does not commit to this set');
  }
  return success({ fromHeight: header.height + 1, set, hash });
}
