import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { findAnimal } from '../livestock/internal.js';
import { firstProblem, versionIs } from '../params.js';
import { findLot, findReceipt, isStopped } from '../warehouse-receipt/internal.js';
import type { Lien } from './schema.js';
import { status } from './statusCodes.js';

/** What a lien's holder opens: its signature, the lien's state and version, in this order. */
export function holderProblem(
  context: ReadContext,
  lien: Lien,
  command: {
    readonly states: readonly Lien['state'][];
    readonly expectedVersion: number;
    /** At the last of several signatures holder and version are not asked again. */
    readonly phase?: 'open' | 'final';
  },
): Status {
  const { states, expectedVersion, phase = 'open' } = command;
  const last = phase === 'final';
  return firstProblem(
    () => (last || lien.holder === context.sender ? OK : status('signer_not_party_to_object')),
    () => (states.includes(lien.state) ? OK : status('state_forbids_command')),
    () => (last || versionIs(lien, expectedVersion) ? OK : status('object_version_is_stale')),
  );
}

/** An order on an asset stops what its owner and the liens’ holders do with the liens (R11). */
export function frozenProblem(context: ReadContext, asset: string): Status {
  const receipt = asset.startsWith('wr_') ? findReceipt(context, asset) : undefined;
  const object = asset.startsWith('an_') ? findAnimal(context, asset) : findLot(context, asset);
  const stopped =
    receipt === undefined
      ? object !== undefined && isFrozenAt(object, context.timeMs)
      : isStopped(context, receipt);
  return stopped ? status('object_is_frozen') : OK;
}
