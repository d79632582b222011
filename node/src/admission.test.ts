import { hashOf } from '@triflow/crypto';
import { failure, type Hash, limits, success } from '@triflow/protocol';
import { describe, expect, it, vi } from 'vitest';
import { Admission, type AdmissionOptions } from './admission.js';

/** An admission that finds nothing wrong, and the commits that it hears of. */
function admissionOfAll(isBehind = false): {
  admission: Admission;
  commit: (txIds: readonly Hash[]) => void;
} {
  let heard: (committed: unknown) => void = () => undefined;
  const options: unknown = {
    chain: {
      head: () => ({ height: 7 }),
      mempool: { get: () => undefined, add: () => success('added') },
      noteVerified: () => undefined,
      onCommitted: (listener: typeof heard) => {
        heard = listener;
      },
    },
    verifier: { verify: async (checks: readonly unknown[]) => checks.map(() => true) },
    timers: { set: () => () => undefined },
    refusal: () => undefined,
    isBehind: () => isBehind,
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

describe('a node that is behind', () => {
  const refusedFor = async (code: string, isBehind: boolean): Promise<string | undefined> => {
    const { admission } = admissionOfAll(isBehind);
    vi.spyOn(admission, 'judge').mockReturnValue(failure(code, 'by its own state'));
    const result = await admission.submit(bytesOf(1));
    return result.ok ? undefined : result.fault.code;
  };

  it.each([
    'transaction_window',
    'key_not_found',
    'feature_not_active',
    'party_not_active',
    'signer_lacks_role',
  ])('does not refuse for %s, which a newer state may allow', async (code) => {
    expect(await refusedFor(code, true)).toBe('node_syncing');
    expect(await refusedFor(code, false)).toBe(code);
  });

  it.each(['transaction_expired', 'transaction_wrong_chain', 'params_are_invalid'])(
    'refuses for %s, which no newer state changes',
    async (code) => {
      expect(await refusedFor(code, true)).toBe(code);
    },
  );
});
