import { randomBytes } from 'node:crypto';
import { transactionId } from '@triflow/crypto';
import {
  type ChainBinding,
  type Command,
  defined,
  type Hash,
  NONCE_BYTES,
  signedTransactionBytes,
  transactionSignBytes,
} from '@triflow/protocol';
import type { Sender } from './benchGenesis.js';
import type { Workload } from './workloads.js';

export interface SignedTransaction {
  readonly txId: Hash;
  readonly bytes: Uint8Array;
}

/** Transactions of one sender that go out in one request. */
export type Batch = readonly SignedTransaction[];

/** Signs for the senders in turn; command numbers are never used twice. */
export class Signing {
  readonly senders: readonly Sender[];
  readonly #chain: ChainBinding;
  #sequence = 0;

  constructor(chain: ChainBinding, senders: readonly Sender[]) {
    this.#chain = chain;
    this.senders = senders;
  }

  sender(turn: number): Sender {
    return defined(this.senders[turn % this.senders.length], 'signing: a sender');
  }

  /** One transaction of given commands. */
  sign(sender: Sender, commands: readonly Command[], validUntilHeight: number): SignedTransaction {
    const { party, keyId, signer } = sender;
    const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
    const signBytes = transactionSignBytes({
      ...this.#chain,
      sender: party,
      keyId,
      nonce,
      validUntilHeight,
      commands,
    });
    const bytes = signedTransactionBytes(signBytes, signer.signSync(signBytes));
    return { txId: transactionId(signBytes), bytes };
  }

  /** So many batches of so many transactions of so many commands, senders in turn. */
  batches(options: {
    readonly workload: Workload;
    readonly batches: number;
    readonly transactions: number;
    readonly commands: number;
    readonly validUntilHeight: number;
  }): Batch[] {
    const { workload, transactions, commands, validUntilHeight } = options;
    return Array.from({ length: options.batches }, (_, turn) => {
      const sender = this.sender(turn);
      return Array.from({ length: transactions }, () => {
        const list = Array.from({ length: commands }, () => this.#next(workload, sender));
        return this.sign(sender, list, validUntilHeight);
      });
    });
  }

  #next(workload: Workload, sender: Sender): Command {
    this.#sequence += 1;
    return workload.command(sender, this.#sequence);
  }
}
