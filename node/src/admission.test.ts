import { hashOf } from '@triflow/crypto';
import { type Hash, limits, success } from '@triflow/protocol';
import { describe, expect, it, vi } from 'vitest';
import { Admission, type AdmissionOptions } from './admission.js';

/** An admission that finds nothing wrong, and the commits that it hears of. */
function admissionOfAll(): { admission: Admission; commit: (txIds: readonly Hash[]) => void } {
  let heard: (committed: unknown) => void = () => undefined;
  const options: unknown = {
    chain: {
      mempool: { get: () => undefined, add: () => success('added') },
      noteVerified: () => undefined,
      onCommitted: (listener: typeof heard) => {
        heard = listener;
      },
    },
    verifier: { verify: async (checks: readonly unknown[]) => checks.map(() => true) },
    timers: { set: () => () => undefined },
    refusal: () => undefined,
    spread: () => undefined,
    onWork: () => undefined,
  };
  const admission = new Admission(options as AdmissionOptions);
  vi.spyOn(admission, 'judge').mockImplementation((bytes) => {
    const judged: unknown = {
      identified: { txId: hashOf(bytes), transaction: { bytes, validUntilHeight: 9 } },
      key: {},
    };
    return success(judged as never);
  });
  return { admission, commit: (txIds) => heard({ execution: { txIds } }) };
}

function bytesOf(id: number): Uint8Array {
  return new Uint8Array(new Uint32Array([id]).buffer);
}

describe('what admission remembers', () => {
  it('is a transaction’s last height until a block has it', async () => {
    const { admission, commit } = admissionOfAll();
    const ids = [1, 2].map((id) => hashOf(bytesOf(id)));
    await admission.submitAll([bytesOf(1), bytesOf(2)]);
    expect(ids.map((id) => admission.validUntil(id))).toEqual([9, 9]);
    commit(ids.slice(0, 1));
    expect(ids.map((id) => admission.validUntil(id))).toEqual([undefined, 9]);
    expect(admission.seen()).toBe(1);
  });

  it('is bounded for those that no block takes: the oldest are forgotten', async () => {
    const { admission } = admissionOfAll();
    const max = limits.transactionsSeenMax;
    await admission.submitAll(Array.from({ length: max + 2 }, (_, id) => bytesOf(id)));
    expect(admission.seen()).toBe(max);
    expect(admission.validUntil(hashOf(bytesOf(1)))).toBeUndefined();
    expect(admission.validUntil(hashOf(bytesOf(2)))).toBe(9);
  });
});
