import { isPartyId, isValidatorId, utf8FromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOfMember,
  decodeEvidenceFile,
  type EvidenceContent,
  encodeEvidenceFile,
  memberOfBytes,
} from './evidenceFile.js';

const hex = fc.uint8Array({ maxLength: 40 }).map(memberOfBytes);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(memberOfBytes);
const digest = hash.map((text) => `sha256:${text}`);
const count = fc.nat(1_000_000);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });

const validator = fc.record({
  id: fc.stringMatching(/^[a-z0-9-]{1,32}$/).filter(isValidatorId),
  party: fc.stringMatching(/^dev:[a-z]{1,20}$/).filter(isPartyId),
  suite: fc.constant('ed25519'),
  publicKey: hash,
  peerId: text,
  power: fc.constant(1),
});

const content: fc.Arbitrary<EvidenceContent> = fc.record({
  format: fc.constant('triflow/evidence/1' as const),
  chainId: text,
  genesisHash: digest,
  genesis: fc.dictionary(
    fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__'),
    fc.oneof(text, count, fc.boolean(), fc.constant(null), fc.array(count)),
  ),
  header: hex,
  certificate: hex,
  validatorSteps: fc.array(
    fc.record({
      header: hex,
      certificate: hex,
      nextValidators: fc.array(validator, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 2 },
  ),
  states: fc.array(hex, { minLength: 1, maxLength: 3 }),
  transactions: fc.array(
    fc.record({
      bytes: hex,
      index: count,
      path: fc.array(hash, { maxLength: 3 }),
      result: hex,
      resultCount: count.map((value) => value + 1),
      resultPath: fc.array(hash, { maxLength: 3 }),
    }),
    { maxLength: 2 },
  ),
});

describe('the bytes of an evidence file', () => {
  it('read back to what was written, and only from these bytes', () => {
    fc.assert(
      fc.property(content, (written) => {
        const bytes = encodeEvidenceFile(written);
        const read = decodeEvidenceFile(bytes);
        expect(read.ok).toBe(true);
        if (!read.ok) return;
        const { checksum, ...rest } = read.value;
        expect(checksum).toMatch(/^sha256:/);
        expect({ ...rest }).toEqual({ ...written, genesis: { ...written.genesis } });
        expect(encodeEvidenceFile(rest)).toEqual(bytes);
      }),
    );
  });

  it('are refused as malformed for a list of wrong texts', () => {
    const good = new TextDecoder().decode(
      encodeEvidenceFile({
        format: 'triflow/evidence/1',
        chainId: 'a',
        genesisHash: `sha256:${'0'.repeat(64)}`,
        header: 'aa',
        certificate: 'bb',
        validatorSteps: [],
        states: ['cc'],
        transactions: [],
      }),
    );
    expect(decodeEvidenceFile(utf8FromText(good)).ok).toBe(true);
    const wrong = [
      good.replace('"aa"', '"AA"'),
      good.replace('"aa"', '"a"'),
      good.replace('"aa"', '"ag"'),
      good.replace('"aa"', '10'),
      good.replace('"states":["cc"]', '"states":[]'),
      good.replace('"states":["cc"]', '"states":["cc",]'),
      good.replace('"states":["cc"],', ''),
      good.replace('evidence/1"', 'evidence/2"'),
      good.replace('{', '{ '),
      good.replace(/,"validatorSteps":\[\]/, ',"validatorSteps":[],"z":1'),
      `${good}\n`,
      `\ufeff${good}`,
      good.slice(1),
    ];
    for (const text of wrong) {
      const read = decodeEvidenceFile(utf8FromText(text));
      expect(read.ok ? 'accepted' : read.fault.code, text).toBe('evidence_malformed');
    }
    expect(decodeEvidenceFile(new Uint8Array([0xff, 0xfe])).ok).toBe(false);
  });

  it('of a member that the schema refused are none', () => {
    expect(bytesOfMember('zz')).toEqual(new Uint8Array(0));
  });
});
