import type { Batch } from '@triflow/contracts/schemas';
import { publicKeyFromSeed, signerFromSeed } from '@triflow/crypto';
import { isPartyId } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proveReading, readingsRoot, verifyReading } from './readingProof.js';
import { areSignedBy, readSignedReadings, signReadings } from './signedReadings.js';

const seed = new Uint8Array(32).fill(7);
const signer = signerFromSeed(seed);
const key = { suite: 'ed25519', publicKey: publicKeyFromSeed(seed) };
const device = 'dv_1';
const by = isPartyId('dev:1') ? ('dev:1' as const) : undefined;

const readingArbitrary = fc.record({
  seq: fc.integer({ min: 1, max: 10 ** 9 }),
  time: fc.nat(10 ** 13),
  kind: fc.constantFrom('TEMPERATURE' as const, 'DOOR' as const),
  values: fc.array(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), { minLength: 1, maxLength: 2 }),
});

const sign = (bytes: Uint8Array) => signer.sign(bytes);

describe('signed readings', () => {
  it('come back as they were said, and their signature holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(readingArbitrary, { minLength: 1, maxLength: 20 }),
        async (list) => {
          const text = await signReadings({ device, keyId: 'k1', readings: list }, sign);
          const read = readSignedReadings(text);
          expect(read.ok && read.value.readings).toEqual(list);
          expect(read.ok && areSignedBy(read.value, key)).toBe(true);
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it('changed in any part they are not signed', async () => {
    const readings = [{ seq: 1, time: 2, kind: 'DOOR' as const, values: [0] }];
    const text = await signReadings({ device, keyId: 'k1', readings }, sign);
    for (const [from, to] of [
      ['dv_1', 'dv_2'],
      ['k1', 'k2'],
      ['"seq":1', '"seq":2'],
      ['"time":2', '"time":3'],
      ['DOOR', 'TAMPER'],
      ['[0]', '[1]'],
    ] as const) {
      const read = readSignedReadings(text.replace(from, to));
      expect(read.ok && areSignedBy(read.value, key)).toBe(false);
    }
  });

  it.each([
    '',
    '[]',
    '{}',
    'null',
    '{"device":"dv_1","keyId":"k1","readings":[],"signature":""}',
    '{"device":"lt_1","keyId":"k1","readings":[{"seq":1,"time":1,"kind":"DOOR","values":[1]}],"signature":""}',
    '{"device":"dv_1","keyId":"k1","readings":[{"seq":0,"time":1,"kind":"DOOR","values":[1]}],"signature":""}',
    '{"device":"dv_1","keyId":"k1","readings":[{"seq":1,"time":1,"kind":"NOISE","values":[1]}],"signature":""}',
    '{"device":"dv_1","keyId":"k1","readings":[{"seq":1,"time":1,"kind":"DOOR","values":[1.5]}],"signature":""}',
    '{"device":"dv_1","keyId":"k1","readings":[{"seq":1,"time":1,"kind":"DOOR","values":[1]}],"signature":"*"}',
    '{"device":"dv_1","keyId":"k1","readings":[{"seq":1,"time":1,"kind":"DOOR","values":[1]}],"signature":"","more":1}',
    `"${'x'.repeat(70_000)}"`,
  ])('what has another form is refused: %s', (text) => {
    expect(readSignedReadings(text).ok).toBe(false);
  });
});

describe('the proof of a reading', () => {
  const readings = Array.from({ length: 11 }, (_, at) => {
    return { seq: at + 5, time: at, kind: 'DOOR' as const, values: [at % 2] };
  });
  const batch: Batch = {
    device,
    asset: 'lt_1',
    binding: 1,
    fromSeq: 5,
    toSeq: 15,
    count: 11,
    fromTime: 0,
    toTime: 10,
    root: readingsRoot(device, readings),
    how: 'anchored',
    gaps: [],
    txId: 'tx_1',
    height: 1,
    by: by as Batch['by'],
  };

  it('leads from every reading to the root of its batch', () => {
    for (const { seq } of readings) {
      const proof = proveReading(device, readings, seq);
      const verified = verifyReading(JSON.parse(JSON.stringify(proof)), batch);
      expect(verified.ok && verified.value.seq).toBe(seq);
    }
    expect(proveReading(device, readings, 4)).toBeUndefined();
  });

  it('fails for another value, place, size, device, root or batch', () => {
    const proof = proveReading(device, readings, 7);
    const reading = { ...proof?.reading, values: [9] };
    const changes = [
      { reading },
      { index: 3 },
      { size: 12 },
      { device: 'dv_2' },
      { path: [] },
      { root: '0'.repeat(64) },
    ];
    for (const change of changes) {
      expect(verifyReading({ ...proof, ...change }, batch).ok).toBe(false);
    }
    expect(verifyReading(proof, { ...batch, count: 12 }).ok).toBe(false);
    expect(verifyReading(proof, { ...batch, fromSeq: 8 }).ok).toBe(false);
    for (const wrong of [undefined, null, {}, 'x'])
      expect(verifyReading(wrong, batch).ok).toBe(false);
  });
});
