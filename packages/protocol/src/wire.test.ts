import { describe, expect, it } from 'vitest';
import { encodeCanonical } from './encoding.js';
import type { Hash } from './ids.js';
import { limits } from './limits.js';
import { decodeBlocks, decodeGossip, decodeWire, encodeWire, type WireMessage } from './wire.js';

const signature = new Uint8Array(64).fill(7);
const valueId = 'a'.repeat(64) as Hash;
const at = { height: 2 ** 40, round: 2 ** 30 };
const seats = Array.from({ length: limits.validatorsMax }, (_, index) => index);
const pol = {
  kind: 'prevote',
  ...at,
  valueId,
  entries: seats.map((index) => [index, signature] as const),
} as const;

describe('what a peer sends (R-D2, R-D4)', () => {
  const largest: readonly WireMessage[] = [
    { kind: 'proposal', proposal: { ...at, valueId, validRound: 2 ** 30 - 1, signature, pol } },
    { kind: 'certificate', certificate: { ...pol, kind: 'commit' } },
    {
      kind: 'certificate',
      certificate: {
        kind: 'round',
        ...at,
        entries: seats.map((index) => ({ index, type: 'precommit', valueId, signature })),
      },
    },
  ];

  it.each(largest)('the largest $kind of the largest set is read', (message) => {
    expect(decodeWire(encodeWire(message))).toEqual({ ok: true, value: message });
  });

  it('a body made of a million small values is refused before they are made', () => {
    const list = Array.from({ length: 1_000_000 }, () => 0);
    const read = decodeWire(encodeCanonical([1, new Uint8Array(32), list]));
    expect(read).toMatchObject({ ok: false, fault: { code: 'encoding_not_canonical' } });
    expect(!read.ok && read.fault.message).toContain('more values than such a message has');
  });

  it.each([
    ['blocks', decodeBlocks],
    ['gossip', decodeGossip],
  ])('%s too', (_, decode) => {
    const list = Array.from({ length: 1_000_000 }, () => 0);
    expect(decode(encodeCanonical(list))).toMatchObject({
      ok: false,
      fault: { code: 'encoding_not_canonical' },
    });
  });
});
