import { hashOf } from '@triflow/crypto';
import type { IdentifiedTransaction } from '@triflow/ledger';
import { type Hash, limits } from '@triflow/protocol';

/** A transaction as it was read, and the key that its signature was verified under. */
export interface VerifiedTransaction {
  readonly identified: IdentifiedTransaction;
  readonly publicKey: Uint8Array;
}

/**
 * Transactions that were read and whose signature was checked, by the hash of their bytes, until a
 * block has them: each is read and checked once. Bounded in number and bytes; the oldest give way,
 * and only cost a second check.
 */
export class VerifiedTransactions {
  readonly #held = new Map<Hash, VerifiedTransaction>();
  #bytes = 0;

  get size(): number {
    return this.#held.size;
  }

  /** Bytes of the transactions held, as they were signed. */
  get bytes(): number {
    return this.#bytes;
  }

  find(signed: Uint8Array): VerifiedTransaction | undefined {
    return this.#held.get(hashOf(signed));
  }

  add(verified: VerifiedTransaction): void {
    const { bytes } = verified.identified.transaction;
    const id = hashOf(bytes);
    this.#forget(id);
    this.#held.set(id, verified);
    this.#bytes += bytes.length;
    for (const oldest of this.#held.keys()) {
      const { size } = this.#held;
      const fits = size <= limits.verifiedTransactionsMax && this.#bytes <= limits.verifiedBytesMax;
      if (fits) return;
      this.#forget(oldest);
    }
  }

  /** A block has it: no later block may have it again. */
  drop(signed: Uint8Array): void {
    this.#forget(hashOf(signed));
  }

  /** Drops what no block of this height or a later one may hold. */
  expire(height: number): void {
    for (const [id, { identified }] of this.#held) {
      if (identified.transaction.validUntilHeight < height) this.#forget(id);
    }
  }

  #forget(id: Hash): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    this.#bytes -= held.identified.transaction.bytes.length;
  }
}
