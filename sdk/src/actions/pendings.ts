import { type PendingRecord, pendingTable } from '@triflow/contracts/schemas';
import type { ClientCore } from '../client/clientCore.js';
import { type ReadOptions, readRecordAt } from '../client/readState.js';
import type { ReadResult } from '../client/verified.js';
import { type Action, action } from './action.js';

/** Which command waits for signatures: the object it belongs to, and its own id. */
export interface PendingParameters {
  readonly id: string;
  readonly pendingId: string;
}

/** What every contract with countersigned commands offers (domain R9). */
export interface PendingActions {
  /** Adds the next signature; the last one takes effect. */
  readonly countersign: Action<PendingParameters>;
  /** Refuses a pending command. Signer: the opener or one who was to sign. */
  readonly reject: Action<PendingParameters>;
  /** Ends a pending command whose deadline has passed. Signer: anyone. */
  readonly expirePending: Action<PendingParameters>;
  /** Reads a pending command, or proves that it no longer stands. */
  readonly getPending: (
    core: ClientCore,
    pending: PendingParameters,
    options?: ReadOptions,
  ) => Promise<ReadResult<PendingRecord>>;
}

type ContractWithPendings =
  | 'custody-items'
  | 'lien'
  | 'livestock'
  | 'monitoring'
  | 'pledge-facility'
  | 'purchase-order'
  | 'receivable'
  | 'trace'
  | 'warehouse-receipt';

/** The actions on a contract's pending commands. */
export function pendingActions(contract: ContractWithPendings): PendingActions {
  const { pending } = pendingTable(contract);
  return {
    countersign: action(contract, 'countersign'),
    reject: action(contract, 'reject'),
    expirePending: action(contract, 'expire_pending'),
    getPending: (core, { id, pendingId }, options) => {
      return readRecordAt(core, pending, [id, pendingId], options);
    },
  };
}
