import {
  type CborValue,
  decodeCanonical,
  encodeCanonical,
  type ValidatorId,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import type { Input } from './input.js';
import { decodeInput, encodeInput } from './inputCodec.js';
import { HEIGHT, Height, NOW, value } from './testkit.js';

const h = new Height().begin();
const signature = new Uint8Array(64);
const vote = {
  type: 'prevote',
  height: HEIGHT,
  round: 0,
  valueId: null,
  index: 2,
  signature,
} as const;
const proposal = { height: HEIGHT, round: 1, valueId: value('a'), validRound: 0, signature };
const slot = {
  type: 'precommit',
  height: HEIGHT,
  round: 0,
  valueId: null,
  validRound: -1,
} as const;

const inputs: Exclude<Input, { kind: 'startHeight' }>[] = [
  { kind: 'restarted', at: NOW, vouched: null },
  { kind: 'restarted', at: NOW, vouched: ['v3'] as ValidatorId[] },
  { kind: 'work', at: NOW, height: HEIGHT },
  { kind: 'blockBuilt', at: NOW, height: HEIGHT, round: 0, valueId: value('a'), timeMs: NOW },
  { kind: 'nothingToBuild', at: NOW, height: HEIGHT, round: 3 },
  { kind: 'proposal', at: NOW, proposal: { ...proposal, pol: h.polka(value('a'), 0) } },
  { kind: 'vote', at: NOW, vote },
  { kind: 'certificate', at: NOW, certificate: h.commit(value('b'), 2) },
  {
    kind: 'verdict',
    at: NOW,
    height: HEIGHT,
    valueId: value('c'),
    verdict: 'invalid',
    timeMs: NOW,
    builder: 'v1' as ValidatorId,
  },
  { kind: 'signed', at: NOW, slot, signature },
  {
    kind: 'synced',
    at: NOW,
    height: HEIGHT,
    valueId: value('a'),
    certificate: h.commit(value('a')),
  },
  { kind: 'peerStatus', at: NOW, index: 1, head: 4, echo: vote },
  { kind: 'peerStatus', at: NOW, index: 1, head: 4, echo: proposal },
  { kind: 'peerStatus', at: NOW, index: null, head: 4, echo: vote },
  { kind: 'timer', at: NOW, timer: { name: 'heartbeat', height: HEIGHT, round: -1 } },
];

describe('logged inputs', () => {
  it.each(inputs)('$kind comes back as it was', (input) => {
    expect(decodeInput(encodeInput(input))).toEqual({ ok: true, value: input });
  });

  it('a start keeps what the committed state cannot tell', () => {
    const { base } = new Height({
      heads: [[2, 9]],
      quarantine: { until: 7, vouched: null },
      catchingUp: true,
    }).state;
    const read = decodeInput(encodeInput(base));
    expect(read).toMatchObject({
      ok: true,
      value: {
        kind: 'startHeight',
        heads: [[2, 9]],
        quarantine: { until: 7, vouched: null },
        catchingUp: true,
      },
    });
  });

  it('every cut and every changed kind is refused, never thrown', () => {
    for (const input of inputs) {
      const bytes = encodeInput(input);
      for (let length = 0; length < bytes.length; length += 7) {
        expect(decodeInput(bytes.slice(0, length)).ok).toBe(false);
      }
    }
    expect(decodeInput(new Uint8Array([0x82, 0x18, 0x63, 0x00])).ok).toBe(false);
  });

  it.each(inputs)('$kind with a field more is refused', (input) => {
    const decoded = decodeCanonical(encodeInput(input));
    const fields = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
    expect(decodeInput(encodeCanonical([...fields, 1])).ok).toBe(false);
  });

  const { base } = new Height({ heads: [[2, 9]], quarantine: { until: 7, vouched: [] } }).state;

  it.each([base, ...inputs])(
    '$kind with a field of another type is refused, never thrown',
    (input) => {
      const decoded = decodeCanonical(encodeInput(input));
      const fields = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
      let refused = 0;
      for (const changed of variants(fields)) {
        const bytes = encodeCanonical(changed);
        const read = decodeInput(bytes);
        // Another value of the same type is another input.
        if (read.ok) expect(encodeInput(read.value)).toEqual(bytes);
        else refused += 1;
      }
      expect(refused).toBeGreaterThan(fields.length * 3);
    },
  );
});

const OTHERS: readonly CborValue[] = [null, true, -1, 'x', [], {}, new Uint8Array(3), 2n ** 62n];

/** The same value with one place inside it replaced, for each place and each kind of value. */
function* variants(value: CborValue): Generator<CborValue> {
  yield* OTHERS;
  if (!Array.isArray(value)) return;
  for (const [at, item] of (value as readonly CborValue[]).entries()) {
    for (const other of variants(item)) yield (value as readonly CborValue[]).with(at, other);
  }
}
