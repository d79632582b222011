import { defined, hashFromHex } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { readOutcome } from './readOutcome.js';

const txId = defined(hashFromHex('ab'.repeat(32)), 'a hash');
const reader = { result: async () => undefined };

/** A node that a transaction waits in, whose next block has it while the store is being read. */
function nodeAt(start: number, validUntilHeight: number) {
  let height = start;
  let isWaiting = true;
  return {
    chain: {
      head: () => ({ height, valueId: txId, timeMs: 0 }),
      mempool: { get: () => undefined },
      store: {
        findTransaction: async () => {
          height += 1;
          isWaiting = false;
          return undefined;
        },
      },
    },
    admission: { validUntil: () => (isWaiting ? validUntilHeight : undefined) },
  };
}

describe('the outcome of a transaction', () => {
  it('is pending, not unknown, while a block takes it', async () => {
    const outcome = await readOutcome(nodeAt(5, 9), reader, txId);
    expect(outcome).toEqual({ kind: 'pending', validUntilHeight: 9 });
  });

  it('is pending, not expired, while the last block that may hold it comes', async () => {
    const outcome = await readOutcome(nodeAt(5, 6), reader, txId);
    expect(outcome).toEqual({ kind: 'pending', validUntilHeight: 6 });
  });

  it('is expired when that block is past, and unknown when nobody sent it', async () => {
    const outcome = await readOutcome(nodeAt(6, 6), reader, txId);
    expect(outcome).toEqual({ kind: 'expired', validUntilHeight: 6 });
    const nobody = { ...nodeAt(6, 6), admission: { validUntil: () => undefined } };
    expect(await readOutcome(nobody, reader, txId)).toEqual({ kind: 'unknown' });
  });
});
