import {
  type Certificate,
  type ChainBinding,
  type CommitCertificate,
  type Evidence,
  type EvidenceMessage,
  faultsMax,
  type Hash,
  type PartyId,
  type PrevoteCertificate,
  proposalSignBytes,
  quorum,
  type RoundCertificate,
  type RoundCertificateEntry,
  sortValidators,
  utf8FromText,
  type ValidatorId,
  type ValidatorSet,
  type VoteType,
  voteSignBytes,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { demoSeed } from './demoKeys.js';
import { hashOf } from './hashSuite.js';
import { verifyBatch } from './signatureSuite.js';
import { publicKeyFromSeed, signSync } from './signer.js';
import { certificateSignatures, commitSigners, verifyCertificate } from './verifyCertificate.js';
import { evidenceSignatures, verifyEvidence } from './verifyEvidence.js';

const chain: ChainBinding = { chainId: 'test', genesisHash: hashOf(utf8FromText('genesis')) };
const valueId = hashOf(utf8FromText('value'));
const otherId = hashOf(utf8FromText('other'));
const HEIGHT = 7;
const ROUND = 2;

/** Seats v01, v02 … so that the order of ids is the order of numbers. */
const seeds = Array.from({ length: 64 }, (_, index) => demoSeed(`v${index + 1}`));

function setOf(n: number): ValidatorSet {
  return sortValidators(
    seeds.slice(0, n).map((seed, index) => ({
      id: `v${String(index + 1).padStart(2, '0')}` as ValidatorId,
      party: `dev:p${index}` as PartyId,
      suite: 'ed25519',
      publicKey: publicKeyFromSeed(seed),
      peerId: `peer-${index}-peer`,
      power: 1,
    })),
  );
}

function signed(index: number, bytes: Uint8Array): Uint8Array {
  return signSync(seeds[index] ?? new Uint8Array(32), bytes);
}

function voteOf(index: number, type: VoteType, id: Hash | null = valueId): RoundCertificateEntry {
  const bytes = voteSignBytes(chain, { type, height: HEIGHT, round: ROUND, valueId: id });
  return { index, type, valueId: id, signature: signed(index, bytes) };
}

function commitOf(seats: readonly number[]): CommitCertificate {
  const entries = seats.map((seat) => [seat, voteOf(seat, 'precommit').signature] as const);
  return { kind: 'commit', height: HEIGHT, round: ROUND, valueId, entries };
}

function prevotesOf(seats: readonly number[]): PrevoteCertificate {
  const entries = seats.map((seat) => [seat, voteOf(seat, 'prevote').signature] as const);
  return { kind: 'prevote', height: HEIGHT, round: ROUND, valueId, entries };
}

function roundOf(entries: readonly RoundCertificateEntry[]): RoundCertificate {
  return { kind: 'round', height: HEIGHT, round: ROUND, entries };
}

function firstSeats(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function verdict(n: number, certificate: Certificate, binding = chain): string {
  const result = verifyCertificate(binding, setOf(n), certificate);
  return result.ok ? 'valid' : result.fault.code;
}

describe('verifyCertificate', () => {
  it('R-C1: a quorum is enough and one less is not, for sets of many sizes', () => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 10, 16]) {
      const q = quorum(n);
      for (const make of [commitOf, prevotesOf]) {
        expect(verdict(n, make(firstSeats(q)))).toBe('valid');
        expect(verdict(n, make(firstSeats(n)))).toBe('valid');
        expect(verdict(n, make(firstSeats(q - 1)))).toBe('certificate_invalid');
      }
    }
  });

  it('R-C1: f + 1 votes of any type and value justify a round, one less does not', () => {
    const kinds = [
      (seat: number) => voteOf(seat, 'prevote'),
      (seat: number) => voteOf(seat, 'precommit', null),
      (seat: number) => voteOf(seat, 'prevote', otherId),
    ];
    for (const n of [1, 4, 7, 10]) {
      const entries = firstSeats(faultsMax(n) + 1).map((seat) =>
        (kinds[seat % 3] ?? ((s: number) => voteOf(s, 'prevote')))(seat),
      );
      expect(verdict(n, roundOf(entries))).toBe('valid');
      expect(verdict(n, roundOf(entries.slice(1)))).toBe('certificate_invalid');
    }
  });

  it('R-C1: seats must be strictly ascending and of this set', () => {
    const repeated = commitOf([0, 1, 1]);
    expect(verdict(4, repeated)).toBe('certificate_invalid');
    expect(verdict(4, commitOf([0, 2, 1]))).toBe('certificate_invalid');
    expect(verdict(4, commitOf([1, 2, 4]))).toBe('certificate_invalid');
    for (const index of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32]) {
      const [first, second, [, signature] = [0, new Uint8Array(64)]] = commitOf([0, 1, 2]).entries;
      if (first === undefined || second === undefined) continue;
      const entries = [first, second, [index, signature] as const];
      expect(verdict(4, { ...commitOf([]), entries })).toBe('certificate_invalid');
    }
    const twice = roundOf([voteOf(0, 'prevote'), voteOf(0, 'precommit')]);
    expect(verdict(4, twice)).toBe('certificate_invalid');
    expect(verdict(1, commitOf([0, 1]))).toBe('certificate_invalid');
  });

  it('R-C1: heights, rounds and signatures out of range are refused, without a throw', () => {
    const good = commitOf([0, 1, 2]);
    expect(verdict(4, good)).toBe('valid');
    for (const change of [
      { height: 0 },
      { height: 1.5 },
      { height: 2 ** 53 },
      { height: Number.NaN },
      { round: -1 },
      { round: 2 ** 31 },
      { round: 0.5 },
      { entries: [] },
    ]) {
      expect(verdict(4, { ...good, ...change })).toBe('certificate_invalid');
    }
    for (const length of [0, 63, 65]) {
      const entries = good.entries.map(([seat]) => [seat, new Uint8Array(length)] as const);
      expect(verdict(4, { ...good, entries })).toBe('certificate_invalid');
    }
    expect(verifyCertificate(chain, [], good).ok).toBe(false);
  });

  it('R-C2: one bad signature rejects the whole, wherever it stands, past the quorum too', () => {
    for (let bad = 0; bad < 7; bad += 1) {
      const certificate = commitOf(firstSeats(7));
      const entries = certificate.entries.map(([seat, signature]) =>
        seat === bad
          ? ([seat, voteOf(seat, 'prevote').signature] as const)
          : ([seat, signature] as const),
      );
      expect(verdict(7, { ...certificate, entries })).toBe('signature_invalid');
    }
  });

  it('R-C1: signatures of another slot, value, type, chain or genesis do not count', () => {
    const good = commitOf([0, 1, 2]);
    expect(verdict(4, { ...good, height: HEIGHT + 1 })).toBe('signature_invalid');
    expect(verdict(4, { ...good, round: ROUND + 1 })).toBe('signature_invalid');
    expect(verdict(4, { ...good, valueId: otherId })).toBe('signature_invalid');
    expect(verdict(4, { ...good, kind: 'prevote' })).toBe('signature_invalid');
    expect(verdict(4, good, { ...chain, chainId: 'other' })).toBe('signature_invalid');
    expect(verdict(4, good, { ...chain, genesisHash: otherId })).toBe('signature_invalid');
    const swapped = [good.entries[1], good.entries[0], good.entries[2]].map(
      (entry, seat) => [seat, entry?.[1] ?? new Uint8Array(64)] as const,
    );
    expect(verdict(4, { ...good, entries: swapped })).toBe('signature_invalid');
    const nil = roundOf([0, 1].map((seat) => ({ ...voteOf(seat, 'prevote'), valueId: null })));
    expect(verdict(4, nil)).toBe('signature_invalid');
  });

  it('R-C2: gives back every signature to be verified elsewhere, in order', () => {
    const set = setOf(7);
    const certificate = commitOf([0, 1, 3, 5, 6]);
    const checks = certificateSignatures(chain, set, certificate);
    expect(checks.ok && checks.value).toHaveLength(5);
    if (!checks.ok) return;
    expect(verifyBatch(checks.value)).toEqual([true, true, true, true, true]);
    expect(checks.value.map((check) => check.publicKey)).toEqual(
      [0, 1, 3, 5, 6].map((seat) => set[seat]?.publicKey),
    );
    expect(commitSigners(certificate)).toEqual([0, 1, 3, 5, 6]);
    expect(commitSigners(roundOf([voteOf(2, 'prevote')]))).toEqual([2]);
  });

  it('R-Q3: the key comes from the seat, so another set gives another verdict', () => {
    const set = setOf(5).slice(1);
    expect(verifyCertificate(chain, set, commitOf([0, 1, 2])).ok).toBe(false);
  });
});

describe('verifyEvidence', () => {
  const set = setOf(4);
  const seat = 1;
  const validator = 'v02' as ValidatorId;

  function voteMessage(type: VoteType, id: Hash | null): EvidenceMessage {
    const bytes = voteSignBytes(chain, { type, height: HEIGHT, round: ROUND, valueId: id });
    return { valueId: id, validRound: -1, signature: signed(seat, bytes) };
  }

  function proposalMessage(id: Hash, validRound: number): EvidenceMessage {
    const slot = { height: HEIGHT, round: ROUND, valueId: id, validRound };
    return { valueId: id, validRound, signature: signed(seat, proposalSignBytes(chain, slot)) };
  }

  function evidenceOf(kind: Evidence['kind'], messages: readonly EvidenceMessage[]): Evidence {
    const [first, second] = messages;
    if (first === undefined || second === undefined) throw new Error('two messages');
    return { validator, height: HEIGHT, round: ROUND, kind, first, second };
  }

  const ids = [valueId, otherId].sort((a, b) => (a < b ? -1 : 1));
  const [lower = valueId, upper = otherId] = ids;
  const good = evidenceOf('precommit', [
    voteMessage('precommit', lower),
    voteMessage('precommit', upper),
  ]);
  const code = (evidence: Evidence, binding = chain, of = set) => {
    const result = verifyEvidence(binding, of, evidence);
    return result.ok ? 'valid' : result.fault.code;
  };

  it('R-E1: two votes or two proposals of one slot prove equivocation', () => {
    expect(code(good)).toBe('valid');
    const prevotes = [voteMessage('prevote', lower), voteMessage('prevote', upper)];
    expect(code(evidenceOf('prevote', prevotes))).toBe('valid');
    // A hash of 32 bytes (0x58…) sorts before nil (0xf6).
    const nil = [voteMessage('prevote', upper), voteMessage('prevote', null)];
    expect(code(evidenceOf('prevote', nil))).toBe('valid');
    const proposals = [proposalMessage(lower, -1), proposalMessage(upper, -1)];
    expect(code(evidenceOf('proposal', proposals))).toBe('valid');
    const sameValue = [proposalMessage(lower, 0), proposalMessage(lower, -1)];
    expect(code(evidenceOf('proposal', sameValue))).toBe('valid');
    const checks = evidenceSignatures(chain, set, good);
    expect(checks.ok && verifyBatch(checks.value)).toEqual([true, true]);
  });

  it('R-E1: nobody is framed', () => {
    const wrong: Partial<Evidence>[] = [
      { first: good.second, second: good.first },
      { second: good.first },
      { second: { ...good.first, signature: good.second.signature } },
      { validator: 'v09' as ValidatorId },
      { height: 0 },
      { height: 1.5 },
      { round: -1 },
      { round: 2 ** 31 },
      { first: { ...good.first, validRound: 0 } },
      { first: { ...good.first, signature: new Uint8Array(63) } },
    ];
    for (const change of wrong) expect(code({ ...good, ...change })).toBe('evidence_invalid');
    const unsigned: Partial<Evidence>[] = [
      { validator: 'v03' as ValidatorId },
      { height: HEIGHT + 1 },
      { round: ROUND + 1 },
      { kind: 'prevote' },
      { first: { ...good.first, signature: good.second.signature } },
      { second: { ...good.second, signature: new Uint8Array(64) } },
    ];
    for (const change of unsigned) expect(code({ ...good, ...change })).toBe('signature_invalid');
    expect(code(good, { ...chain, chainId: 'other' })).toBe('signature_invalid');
    expect(code(good, chain, setOf(1))).toBe('evidence_invalid');
  });

  it('R-E1: a proposal names a value and an earlier round', () => {
    const proposals = [proposalMessage(lower, -1), proposalMessage(upper, -1)];
    const evidence = evidenceOf('proposal', proposals);
    for (const change of [
      { valueId: null },
      { validRound: ROUND },
      { validRound: -2 },
      { validRound: 0.5 },
    ]) {
      const second = { ...evidence.second, ...change };
      expect(code({ ...evidence, second })).toBe('evidence_invalid');
    }
  });
});
