import type { EventAnswer } from '@triflow/api/routes';
import type { Status } from '@triflow/protocol';
import type { Verified } from '../client/verified.js';

interface InBlock {
  readonly txId: string;
  readonly height: number;
  readonly index: number;
  /** Undefined under `verify: 'never'`. */
  readonly verified: Verified | undefined;
}

/** It took effect. */
export interface Committed extends InBlock {
  readonly outcome: 'committed';
  /** Their data in JSON form, as event streams give it. */
  readonly events: readonly EventAnswer[];
}

/** It stands in a final block with a numbered refusal and wrote nothing. */
export interface Rejected extends InBlock {
  readonly outcome: 'rejected';
  readonly status: Status;
  readonly failedCommand: number;
}

/** It is in no block up to its last height and never will be. */
export interface Expired {
  readonly outcome: 'expired';
  readonly txId: string;
  readonly validUntilHeight: number;
  readonly verified: Verified | undefined;
}

/** How a transaction ended. There is no fourth way. */
export type Outcome = Committed | Rejected | Expired;
