import { hashOf } from '@triflow/crypto';
import {
  bytesFromHex,
  type CborMap,
  canonicalJson,
  hexFromBytes,
  textFromHash,
  utf8FromText,
} from '@triflow/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { isTriflowError } from '../errors/triflowError.js';
import { FakeChain, fakeSet } from '../testing/fakeChain.js';
import { createWorld, type World } from '../testing/world.js';
import { type EvidenceFile, encodeEvidenceFile } from './evidenceFile.js';
import type { Trust } from './trustAnchor.js';
import { verifyEvidence } from './verifyEvidence.js';

const onAsset: CborMap = {
  asset: 'wr_0007',
  liens: [
    {
      lien: 'ln_1',
      class: 'PLEDGE_RECEIPT',
      exclusive: true,
      state: 'EFFECTIVE',
      createdAt: 1_000,
    },
  ],
};
const keys = ['lien/onAsset/wr_0007', 'lien/onAsset/lt_1'];

let world: World;
let trust: Trust;
let stateFile: Uint8Array;
let txFile: Uint8Array;
/** Without the genesis document. */
let bareFile: Uint8Array;
let txId: string;

beforeAll(async () => {
  world = createWorld();
  const { client, clock, chain } = world;
  trust = { genesis: chain.genesis };
  const tx = await clock.run(client.liens.release({ id: 'ln_1', expectedVersion: 1 }));
  await clock.run(tx.commit());
  txId = tx.id;
  chain.commit({ puts: { 'lien/onAsset/wr_0007': onAsset } });
  stateFile = (await clock.run(client.evidence.create(keys))).bytes;
  const about = [tx.id, 'lien/onAsset/wr_0007'];
  bareFile = (await clock.run(client.evidence.create(about, { withoutGenesis: true }))).bytes;
  txFile = (await clock.run(client.evidence.create(about))).bytes;
});

function codeOf(bytes: Uint8Array, trusted: Trust = trust): string {
  try {
    verifyEvidence(bytes, trusted);
  } catch (error) {
    if (isTriflowError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

function contentOf(bytes: Uint8Array): EvidenceFile {
  return JSON.parse(new TextDecoder().decode(bytes)) as EvidenceFile;
}

/** The file with some members changed and its checksum made right again. */
function rebuilt(
  bytes: Uint8Array,
  change: (file: EvidenceFile) => Partial<EvidenceFile>,
): Uint8Array {
  const file = contentOf(bytes);
  const { checksum: _, ...content } = { ...file, ...change(file) };
  return encodeEvidenceFile(content);
}

describe('an evidence file', () => {
  it('says offline what it proves, in words too', () => {
    const report = verifyEvidence(stateFile, trust);
    expect(report).toMatchObject({ kind: 'state', height: 3, signers: 3, of: 4 });
    expect(report.items.map(({ key, table, kind }) => [key, table, kind])).toEqual([
      ['lien/onAsset/wr_0007', 'lien/onAsset', 'inclusion'],
      ['lien/onAsset/lt_1', 'lien/onAsset', 'absence'],
    ]);
    expect(report.items[0]?.data).toEqual(onAsset);
    expect(report.items[1]?.data).toBeNull();
    expect(report.sentences).toEqual([
      'Block 3 of chain triflow-test, 2026-01-01T00:00:00.600Z: final, signed by 3 of 4 validators.',
      'wr_0007 was recorded in lien/onAsset.',
      'No lien stood on lt_1.',
    ]);
  });

  it('proves a transaction with its result, and the state after its block', () => {
    const report = verifyEvidence(txFile, trust);
    expect(report).toMatchObject({ kind: 'both', height: 2 });
    expect(report.transactions).toMatchObject([
      {
        txId,
        index: 0,
        sender: 'dev:bank-yangtze',
        outcome: 'committed',
        commands: [{ contract: 'lien', name: 'release' }],
      },
    ]);
    expect(report.items).toMatchObject([{ kind: 'absence' }]);
    expect(report.sentences.at(-1)).toBe(`${txId} of dev:bank-yangtze (lien.release) took effect.`);
  });

  it('verifies with the genesis hash alone, or with a pinned set', () => {
    const { chain } = world;
    expect(verifyEvidence(stateFile, { genesisHash: chain.genesisHash }).signers).toBe(3);
    const { chainId } = chain.genesis;
    const { genesisHash } = chain;
    const pin = { chainId, genesisHash, stateTreeDepth: 6, height: 2, validators: fakeSet(1, 4) };
    expect(verifyEvidence(stateFile, pin).signers).toBe(3);
    expect(codeOf(stateFile, { ...pin, height: 4 })).toBe('TRUST_EXPIRED');
    expect(codeOf(stateFile, { ...pin, validators: fakeSet(1, 3) })).toBe('EVIDENCE_TAMPERED');
  });

  it('can leave the genesis document out, for a reader who has it', async () => {
    const { client, clock, chain } = world;
    const made = await clock.run(client.evidence.create(keys, { withoutGenesis: true }));
    expect(made.bytes.length).toBeLessThan(stateFile.length);
    expect(codeOf(made.bytes)).toBe('accepted');
    expect(codeOf(made.bytes, { genesisHash: chain.genesisHash })).toBe('GENESIS_INVALID');
  });

  it('is refused with any single byte changed, wherever it stands', () => {
    const cases: [Uint8Array, number][] = [
      [stateFile, 1],
      [txFile, 32],
    ];
    const accepted: number[] = [];
    for (const [file, change] of cases) {
      for (let at = 0; at < file.length; at += 1) {
        const bytes = file.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        if (!codeOf(bytes).startsWith('EVIDENCE_')) accepted.push(at);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is refused with a byte missing or added, and when it is no evidence at all', () => {
    expect(codeOf(stateFile.slice(0, -1))).toBe('EVIDENCE_MALFORMED');
    expect(codeOf(new Uint8Array([...stateFile, 10]))).toBe('EVIDENCE_MALFORMED');
    expect(codeOf(new Uint8Array([32, ...stateFile]))).toBe('EVIDENCE_MALFORMED');
    for (const text of ['', '{}', '[]', 'null', '{"format":"triflow/evidence/2"}']) {
      expect(codeOf(utf8FromText(text))).toBe('EVIDENCE_MALFORMED');
    }
  });

  it('is refused when it is not the one canonical form', () => {
    const pretty = utf8FromText(JSON.stringify(contentOf(stateFile), null, 1));
    expect(codeOf(pretty)).toBe('EVIDENCE_MALFORMED');
    const text = new TextDecoder().decode(stateFile);
    expect(codeOf(utf8FromText(text.replace('有', '\\u6709')))).toBe('EVIDENCE_MALFORMED');
    const upper = rebuilt(stateFile, (file) => ({ header: file.header.toUpperCase() }));
    expect(codeOf(upper)).toBe('EVIDENCE_MALFORMED');
    const more = { ...contentOf(stateFile), note: 'hello' };
    expect(codeOf(utf8FromText(canonicalJson(more)))).toBe('EVIDENCE_MALFORMED');
    const twice = text.replace('"chainId":', '"chainId":"a","chainId":');
    expect(codeOf(utf8FromText(twice))).toBe('EVIDENCE_MALFORMED');
  });
});

describe('a forger who mends the checksum', () => {
  it('cannot change one byte of header, certificate, proofs or transaction', () => {
    const file = contentOf(bareFile);
    const { chainId } = world.chain.genesis;
    const { genesisHash } = world.chain;
    const pin = { chainId, genesisHash, stateTreeDepth: 6, height: 1, validators: fakeSet(1, 4) };
    const hexMembers: ((change: (hex: string) => string) => Partial<EvidenceFile>)[] = [
      (change) => ({ header: change(file.header) }),
      (change) => ({ certificate: change(file.certificate) }),
      (change) => ({ states: file.states.map(change) }),
      (change) => ({
        transactions: file.transactions.map((one) => ({ ...one, bytes: change(one.bytes) })),
      }),
      (change) => ({
        transactions: file.transactions.map((one) => ({ ...one, result: change(one.result) })),
      }),
    ];
    for (const member of hexMembers) {
      for (let at = 0; ; at += 1) {
        let changed = false;
        const flip = (hex: string): string => {
          const bytes = bytesFromHex(hex);
          if (at >= bytes.length) return hex;
          changed = true;
          bytes[at] = (bytes[at] ?? 0) ^ 1;
          return hexFromBytes(bytes);
        };
        const bytes = rebuilt(bareFile, () => member(flip));
        if (!changed) break;
        expect(codeOf(bytes, pin), `byte ${at}`).toMatch(/^EVIDENCE_/);
      }
    }
  });

  it('is told apart by what was forged', () => {
    const { chain } = world;
    const { header, set } = chain.at(3);
    const few = hexFromBytes(chain.sign(header, set, 2));
    expect(codeOf(rebuilt(stateFile, () => ({ certificate: few })))).toBe(
      'EVIDENCE_TOO_FEW_SIGNERS',
    );
    const own = hexFromBytes(chain.sign(header, fakeSet(20, 4), 3));
    expect(codeOf(rebuilt(stateFile, () => ({ certificate: own })))).toBe('EVIDENCE_TAMPERED');
    const chainId = rebuilt(stateFile, () => ({ chainId: 'elsewhere' }));
    expect(codeOf(chainId)).toBe('EVIDENCE_WRONG_CHAIN');
    const genesisHash = textFromHash(hashOf(new Uint8Array(1)));
    expect(codeOf(rebuilt(stateFile, () => ({ genesisHash })))).toBe('EVIDENCE_WRONG_CHAIN');
    const genesis = { ...world.chain.genesis, timeMs: 5 };
    expect(codeOf(rebuilt(stateFile, () => ({ genesis })))).toBe('EVIDENCE_TAMPERED');
    const { header: other } = contentOf(txFile);
    expect(codeOf(rebuilt(stateFile, () => ({ header: other })))).toBe('EVIDENCE_TAMPERED');
    expect(codeOf(rebuilt(stateFile, () => ({ states: [] })))).toBe('EVIDENCE_MALFORMED');
  });

  it('cannot move a transaction or count results that are not there', () => {
    const change = (more: object): Uint8Array => {
      return rebuilt(txFile, ({ transactions }) => {
        return { transactions: transactions.map((one) => ({ ...one, ...more })) };
      });
    };
    for (const more of [
      { index: 1 },
      { resultCount: 2 },
      { resultCount: 99 },
      { path: ['ab'.repeat(32)] },
    ]) {
      expect(codeOf(change(more)), JSON.stringify(more)).toBe('EVIDENCE_TAMPERED');
    }
  });

  it('cannot pass off a file of another chain', async () => {
    const other = new FakeChain({ chainId: 'other' });
    expect(codeOf(stateFile, { genesis: other.genesis })).toBe('EVIDENCE_WRONG_CHAIN');
    expect(codeOf(stateFile, { genesisHash: other.genesisHash })).toBe('EVIDENCE_WRONG_CHAIN');
    expect(codeOf(stateFile, { genesisHash: 'nonsense' })).toBe('GENESIS_INVALID');
    expect(codeOf(stateFile, { genesis: {} })).toBe('GENESIS_INVALID');
  });
});

describe('creating', () => {
  it('takes ids of objects and parties, and names what is neither', async () => {
    const { client, clock } = world;
    const made = await clock.run(client.evidence.create(['wr_0007', 'dev:supplier']));
    expect(made.report.items.map(({ key }) => key)).toEqual([
      'warehouse-receipt/receipt/wr_0007',
      'party-registry/party/dev:supplier',
    ]);
    for (const wrong of ['zz_1', 'hello', 'a/b', 'lien/onAsset/with space', '']) {
      await expect(clock.run(client.evidence.create(wrong))).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
  });

  it('does not put an unverified answer into a file', async () => {
    const fresh = createWorld();
    fresh.nodes[0].tamper = (path, body) =>
      path === '/v1/state' ? { ...body, certificate: 'AA' } : body;
    const client = fresh.connect({ verify: 'never' });
    await expect(fresh.clock.run(client.evidence.create('wr_0007'))).rejects.toMatchObject({
      code: 'VERIFICATION_FAILED',
    });
  });
});
