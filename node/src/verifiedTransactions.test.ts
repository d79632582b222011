import { hashOf } from '@triflow/crypto';
import type { IdentifiedTransaction } from '@triflow/ledger';
import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { VerifiedTransactions } from './verifiedTransactions.js';

const publicKey = Uint8Array.of(1);

function transaction(id: number, validUntilHeight = 100, length = 4): IdentifiedTransaction {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, id);
  const identified: unknown = { txId: hashOf(bytes), transaction: { bytes, validUntilHeight } };
  return identified as IdentifiedTransaction;
}

function bytesOf(id: number, length = 4): Uint8Array {
  return transaction(id, 0, length).transaction.bytes;
}

describe('transactions that were verified', () => {
  it('are found by their bytes until a block has them', () => {
    const verified = new VerifiedTransactions();
    verified.add({ identified: transaction(1), publicKey });
    verified.add({ identified: transaction(2), publicKey });
    expect(verified.find(bytesOf(1))?.publicKey).toBe(publicKey);
    verified.drop(bytesOf(1));
    verified.drop(bytesOf(7));
    expect(verified.find(bytesOf(1))).toBeUndefined();
    expect([verified.size, verified.bytes]).toEqual([1, 4]);
  });

  it('are forgotten when no block may hold them any more', () => {
    const verified = new VerifiedTransactions();
    for (const id of [1, 2, 3]) {
      verified.add({ identified: transaction(id, 10 * id), publicKey });
    }
    verified.expire(21);
    expect([1, 2, 3].map((id) => verified.find(bytesOf(id)) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('are bounded in number and in bytes, and the oldest give way', () => {
    const many = new VerifiedTransactions();
    for (let id = 0; id < limits.verifiedTransactionsMax + 3; id += 1) {
      many.add({ identified: transaction(id), publicKey });
    }
    expect(many.size).toBe(limits.verifiedTransactionsMax);
    expect(many.find(bytesOf(2))).toBeUndefined();
    expect(many.find(bytesOf(3))).toBeDefined();

    const large = new VerifiedTransactions();
    const length = limits.verifiedBytesMax / 4;
    for (let id = 0; id < 6; id += 1) {
      large.add({ identified: transaction(id, 100, length), publicKey });
      large.add({ identified: transaction(id, 100, length), publicKey });
    }
    expect(large.bytes).toBe(limits.verifiedBytesMax);
    expect(large.size).toBe(4);
  });
});
