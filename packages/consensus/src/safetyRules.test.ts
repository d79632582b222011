import { describe, expect, it } from 'vitest';
import type { SignSlot } from './input.js';
import { maySign } from './safetyRules.js';
import { value } from './testkit.js';

const slot = (changes: Partial<SignSlot> = {}): SignSlot => ({
  type: 'prevote',
  height: 5,
  round: 2,
  valueId: value('a'),
  validRound: -1,
  ...changes,
});
const signature = new Uint8Array(64).fill(9);

describe('P5: may this be signed?', () => {
  it('a fresh slot may', () => {
    expect(maySign(5, [], slot())).toEqual({ kind: 'sign' });
  });

  it('the same bytes again give the stored signature', () => {
    const used = [{ slot: slot(), signature }];
    expect(maySign(5, used, slot())).toEqual({ kind: 'stored', signature });
  });

  it('the same bytes are signed again when only the slot survived', () => {
    expect(maySign(5, [{ slot: slot() }], slot())).toEqual({ kind: 'sign' });
  });

  it('other bytes, an older round and another height are refused', () => {
    const used = [{ slot: slot(), signature }];
    expect(maySign(5, used, slot({ valueId: null })).kind).toBe('refuse');
    expect(maySign(5, used, slot({ round: 1 })).kind).toBe('refuse');
    expect(maySign(6, used, slot()).kind).toBe('refuse');
    expect(maySign(5, used, slot({ type: 'proposal', valueId: null })).kind).toBe('refuse');
  });

  it('another type of the same round is another slot', () => {
    const used = [{ slot: slot(), signature }];
    expect(maySign(5, used, slot({ type: 'precommit' }))).toEqual({ kind: 'sign' });
  });
});
