import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { firstProblem, versionIs } from '../params.js';
import { isFrozen } from './internal.js';
import { isPending } from './lifecycle.js';
import type { OpenState, Receipt } from './schema.js';
import { status } from './statusCodes.js';

export type Phase = 'open' | 'final';

/** The receipt waits for nobody's signature and no order stops it (R9, R11). */
export function movableProblem(context: ReadContext, receipt: Receipt): Status {
  if (isFrozen(receipt, context.timeMs)) return status('object_is_frozen');
  return isPending(receipt.state) ? status('object_has_pending_command') : OK;
}

/**
 * The guards of every command that a holder opens, in the documented order: holder, freeze, other
 * pending command, state, version. The last two signatures later the version is not asked again.
 */
export function holderProblem(
  context: ReadContext,
  receipt: Receipt,
  command: {
    readonly phase: Phase;
    readonly states: readonly OpenState[];
    readonly expectedVersion: number;
  },
): Status {
  const { phase, states, expectedVersion } = command;
  return firstProblem(
    () => holderSigns(context, receipt, phase),
    () => movableProblem(context, receipt),
    () => (states.some((state) => state === receipt.state) ? OK : status('receipt_not_free')),
    () => versionProblem(receipt, expectedVersion, phase),
  );
}

/** The opener must be the holder; the others sign what the holder opened. */
export function holderSigns(context: ReadContext, receipt: Receipt, phase: Phase): Status {
  const signs = phase === 'final' || receipt.holder === context.sender;
  return signs ? OK : status('signer_not_party_to_object');
}

/** R7, at opening only: between the signatures nothing can change a held receipt. */
export function versionProblem(receipt: Receipt, expected: number, phase: Phase): Status {
  const fits = phase === 'final' || versionIs(receipt, expected);
  return fits ? OK : status('object_version_is_stale');
}
