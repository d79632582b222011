import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeStateProof, demoSeed, encodeStateProof, hashOf, signSync } from '@triflow/crypto';
import { DEMO_KEY_ID, type Devnet, demoParty, devnetGenesis, startDevnet } from '@triflow/devnet';
import {
  canonicalJson,
  decodeCommitCertificate,
  decodeHeader,
  defined,
  encodeCertificate,
  headerBytes,
  textFromHash,
  utf8FromText,
} from '@triflow/protocol';
import {
  accountFromSeed,
  type Client,
  createClient,
  crossCheck,
  http,
  isTriflowError,
} from '@triflow/sdk';
import { saveEvidence } from '@triflow/sdk/node';
import { verifyEvidence } from '@triflow/sdk/verify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode } from './askNode.js';
import { type Answer, type Lie, type LyingNode, startLyingNode } from './lyingNode.js';
import { freshGln, registerPlace } from './places.js';
import { runTriflow, sentencesOf } from './triflow.js';

const PARTY = defined(demoParty('carrier'), 'carrier').id;
const EVIDENCE_FLIPS = 200;
/** Short, because what a client repeats on purpose only ends with it. */
const STALE_MS = 1_500;
/** How long a node may be silent. */
const SILENT_MS = 20_000;

const stateSchema = z.looseObject({
  height: z.number(),
  header: z.string(),
  certificate: z.string(),
  proofs: z.array(z.string()),
});

let net: Devnet;
let liar: LyingNode;
let here: string;
let absent: string;
let txId: string;

beforeAll(async () => {
  net = await startDevnet({ nodes: 4 });
  liar = await startLyingNode(net.urls[0] ?? '');
  const gln = freshGln();
  const transaction = await net.client('carrier').transaction(registerPlace(gln));
  ({ txId } = await transaction.commit());
  here = `trace/location/${gln}`;
  absent = `trace/location/${freshGln()}`;
});

afterEach(() => liar?.tell(undefined));

afterAll(async () => {
  await liar?.[Symbol.asyncDispose]();
  await net?.stop();
});

describe('what no proof carries is compared between nodes', () => {
  const ids = async (client: Client, at: number): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { id } of client.parties.list({ where: { state: 'ACTIVE' }, at }))
      found.push(id);
    return found;
  };
  const clients = () => ({
    v2: clientAt(net.urls[1] ?? ''),
    v3: clientAt(net.urls[2] ?? ''),
    liar: clientOf(),
  });

  it('a list that a node shortens is caught, with who says otherwise', async () => {
    const whole = await crossCheck(clients(), ids, { least: 3 });
    expect(whole.agreed).toEqual(['v2', 'v3', 'liar']);
    expect(whole.data).toContain(PARTY);
    liar.tell((path, answer) => (path.startsWith('/v1/parties') ? shortened(answer) : undefined));
    await expect(crossCheck(clients(), ids)).rejects.toMatchObject({
      code: 'VERIFICATION_FAILED',
      details: { agree: ['v2', 'v3'], differ: ['liar'] },
    });
    expect(liar.lies).toBeGreaterThan(0);
  });

  it('a node that stands still is silent, and the others are enough', async () => {
    const asked = { ...clients(), v4: clientAt(net.urls[3] ?? '') };
    const node = defined(net.nodes[3], 'v4');
    await node.kill();
    try {
      const [enough, tooFew] = await Promise.allSettled([
        crossCheck(asked, ids, { least: 3 }),
        crossCheck(asked, ids, { least: 4 }),
      ]);
      const value = { agreed: ['v2', 'v3', 'liar'], silent: ['v4'] };
      expect(enough).toMatchObject({ status: 'fulfilled', value });
      const reason = { code: 'QUORUM_UNAVAILABLE' };
      expect(tooFew).toMatchObject({ status: 'rejected', reason });
    } finally {
      await node.start();
    }
  });

  function clientAt(url: string): Client {
    const { chainId } = net.genesis;
    const options = { chainId, transport: http([url]), trust: { genesis: net.genesis } };
    return createClient({ ...options, timeoutMs: SILENT_MS });
  }

  /** The same list without its last row. */
  function shortened(answer: Answer): Answer | undefined {
    const rows = answer.data;
    return Array.isArray(rows) ? { ...answer, data: rows.slice(0, -1) } : undefined;
  }
});

describe('what a client reads is proved to it', () => {
  it('a record that is there: inclusion, under a quorum’s signatures', async () => {
    const found = await net.client('court').parties.get(PARTY);
    expect(found.data).toMatchObject({ id: PARTY, state: 'ACTIVE', roles: ['CARRIER'] });
    const { signers = 0, ...verified } = defined(found.verified, 'a proof');
    expect(verified).toMatchObject({ of: 4, kind: 'inclusion', height: found.height });
    expect(signers).toBeGreaterThanOrEqual(3);
  });

  it('a record that is not there: absence, just as proved', async () => {
    const receipt = await net.client('court').receipts.get('wr_none');
    expect(receipt).toMatchObject({ data: null, verified: { of: 4, kind: 'absence' } });
    const liens = await net.client('bank-bohai').state(['lien/onAsset/wr_none', absent, here]);
    expect(liens.items.map(({ kind }) => kind)).toEqual(['absence', 'absence', 'inclusion']);
  });

  it('that a transaction expired: its absence from the state of its last height', async () => {
    const client = net.client('court');
    const late = await client.transaction(registerPlace(freshGln()), { validForBlocks: 1 });
    for (let block = 0; block < 2; block += 1) {
      await (await client.transaction(registerPlace(freshGln()))).commit();
    }
    const { validUntilHeight } = late;
    const expired = { outcome: 'expired', validUntilHeight, verified: { kind: 'absence', of: 4 } };
    expect(await late.settle()).toMatchObject(expired);
    const refused = { code: 'TRANSACTION_EXPIRED', retry: 'rebuild', details: expired };
    await expect(late.commit()).rejects.toMatchObject(refused);
  });

  it('the canary: through a node in between that does not lie', async () => {
    const told = liar.lies;
    const found = await clientOf().state([here, absent]);
    expect(found.items.map(({ kind }) => kind)).toEqual(['inclusion', 'absence']);
    expect((await clientOf().parties.get(PARTY)).verified).toBeDefined();
    expect(liar.lies).toBe(told);
  });

  it('the canary: who verifies nothing believes a lie', async () => {
    liar.tell(onState((answer) => ({ ...answer, proofs: answer.proofs.map(withOtherValue) })));
    const believing = clientOf('never');
    const found = await believing.state([here]);
    const { items } = await clientOf('never', net.urls[0]).state([here]);
    expect(found.items[0]?.value).not.toEqual(items[0]?.value);
  });
});

const fileSchema = z.looseObject({
  header: z.string(),
  certificate: z.string(),
  states: z.array(z.string()),
  transactions: z.array(z.looseObject({ result: z.string() })),
});

type StateAnswer = z.infer<typeof stateSchema>;
type StateLie = (answer: StateAnswer) => Answer | undefined;

const stateLies: readonly (readonly [string, StateLie])[] = [
  ['another value', (answer) => ({ ...answer, proofs: answer.proofs.map(withOtherValue) })],
  [
    'a record that was taken away',
    (answer) => ({ ...answer, proofs: answer.proofs.map(withoutValue) }),
  ],
  ['no proof', (answer) => ({ ...answer, proofs: [] })],
  ['one proof too many', (answer) => ({ ...answer, proofs: [...answer.proofs, ...answer.proofs] })],
  ['bytes that are no proof', (answer) => ({ ...answer, proofs: ['AAAA'] })],
  [
    'a header with a state of its own',
    (answer) => ({ ...answer, header: withOtherState(answer.header) }),
  ],
  [
    'a header of another height',
    (answer) => ({ ...answer, header: withOtherHeight(answer.header) }),
  ],
  [
    'too few signatures',
    (answer) => ({ ...answer, certificate: withSignatures(answer.certificate, 2) }),
  ],
  [
    'one signer counted twice',
    (answer) => ({ ...answer, certificate: withOneTwice(answer.certificate) }),
  ],
  ['a header and state that strangers signed', strangersSigned],
];

describe('a node that lies is caught with VERIFICATION_FAILED', () => {
  it.each(stateLies)('%s', async (_, lie) => {
    liar.tell(onState(lie));
    const before = liar.lies;
    const caught = await clientOf()
      .parties.get(PARTY)
      .catch((error: unknown) => error);
    expect(['VERIFICATION_FAILED', 'PROOF_MISSING']).toContain(codeOf(caught));
    expect(caught).toMatchObject({ retry: 'never', phase: 'verify' });
    expect(liar.lies).toBe(before + 1);
  });

  it.each(['header', 'certificate', 'proof'] as const)(
    'any changed byte of the %s',
    async (part) => {
      const answer = stateSchema.parse((await askNode(`${net.urls[0]}/v1/state?key=${here}`)).body);
      const { length } = bytesOf(part === 'proof' ? (answer.proofs[0] ?? '') : answer[part]);
      expect(length).toBeGreaterThan(100);
      const client = clientOf();
      let caught = 0;
      for (let at = 0; at < length; at += Math.ceil(length / 40)) {
        liar.tell(
          onState((told) => {
            if (part !== 'proof') return { ...told, [part]: withBit(told[part], at) };
            return { ...told, proofs: told.proofs.map((proof) => withBit(proof, at)) };
          }),
        );
        const failed = await client.state([here]).catch((error: unknown) => error);
        expect(codeOf(failed), `${part}, byte ${at}`).toBe('VERIFICATION_FAILED');
        caught += 1;
      }
      expect(caught).toBeGreaterThan(20);
    },
  );

  it('a genuine proof of another key', async () => {
    const other = stateSchema.parse((await askNode(`${net.urls[0]}/v1/state?key=${absent}`)).body);
    liar.tell(onState(() => other));
    await expect(clientOf().state([here])).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  it('a genuine answer of another height than the one asked for', async () => {
    const old = stateSchema.parse((await askNode(`${net.urls[0]}/v1/state?key=${here}&at=1`)).body);
    liar.tell(onState(() => old));
    const asked = clientOf().state([here], { at: 2 });
    await expect(asked).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  it('a genuine answer that is old: never older than what this client has seen', async () => {
    const old = stateSchema.parse((await askNode(`${net.urls[0]}/v1/state?key=${here}&at=1`)).body);
    const client = clientOf();
    expect((await client.state([here])).items[0]?.kind).toBe('inclusion');
    liar.tell(onState(() => old));
    const again = client.state([here], { timeoutMs: STALE_MS });
    await expect(again).rejects.toMatchObject({ code: 'NODE_SYNCING', retry: 'after' });
    const fresh = clientOf().state([here], { maxAgeMs: 0, timeoutMs: STALE_MS });
    await expect(fresh).rejects.toMatchObject({ code: 'READ_TOO_OLD' });
  });

  it('a list with a row made up, and one that does not fit the filter', async () => {
    liar.tell((path, answer) => (path.startsWith('/v1/parties') ? withRow(answer) : undefined));
    await expect(rows({ state: 'ACTIVE' })).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
    liar.tell((path, answer) => {
      return path.startsWith('/v1/parties') ? withRow(answer, PARTY) : undefined;
    });
    await expect(rows({ role: 'ORACLE' })).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  it('a transaction called committed that no block holds', async () => {
    const client = clientOf();
    const made = await client.transaction(registerPlace(freshGln()));
    liar.tell((path, answer) => {
      if (!path.startsWith('/v1/transactions')) return undefined;
      return path.includes('/proof')
        ? undefined
        : { ...answer, outcome: 'committed', height: 2, index: 0 };
    });
    const caught = await made.commit({ timeoutMs: STALE_MS }).catch((error: unknown) => error);
    expect(['OUTCOME_UNKNOWN', 'TRANSACTION_NOT_FOUND']).toContain(codeOf(caught));
  });

  it.each(['bytes', 'path', 'result'] as const)(
    'a transaction proof with a changed %s',
    async (part) => {
      const made = await clientOf().transaction(registerPlace(freshGln()));
      liar.tell((path, answer) =>
        path.endsWith('/proof') ? withOtherProof(answer, part) : undefined,
      );
      await expect(made.commit()).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
      liar.tell(undefined);
      expect(await made.settle()).toMatchObject({ outcome: 'committed' });
    },
  );

  it('another chain, and another genesis than the one whose hash is trusted', async () => {
    liar.tell((path, answer) =>
      path === '/v1/info' ? { ...answer, chainId: 'other-1' } : undefined,
    );
    await expect(clientOf().state([here])).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' });
    const { chainId, timeMs } = net.genesis;
    const foreign = devnetGenesis({ nodes: 4, chainId, timeMs: timeMs + 1 });
    liar.tell((path) => (path === '/v1/genesis' ? { ...foreign } : undefined));
    const trust = { chainId, genesisHash: net.genesisHash };
    const client = createClient({ transport: http(liar.url), trust });
    await expect(client.state([here])).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
    liar.tell(undefined);
    expect((await client.state([here])).items[0]?.kind).toBe('inclusion');
  });
});

describe('evidence that verifies with no node at all', () => {
  let file: string;
  let genesisFile: string;
  let bytes: Uint8Array;

  beforeAll(async () => {
    file = join(net.dir, 'case.evidence.json');
    genesisFile = join(net.dir, 'genesis.json');
    const about = [PARTY, 'lien/onAsset/wr_none', here, txId];
    const report = await saveEvidence(net.client('court'), about, file);
    expect(report).toMatchObject({ kind: 'both', of: 4 });
    bytes = new Uint8Array(await readFile(file));
  });

  it('is accepted by the program, in words and as JSON', async () => {
    const told = await runTriflow(['verify', file, '--trust', genesisFile]);
    expect(told, told.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/final, signed by [34] of 4 validators/);
    expect(told.stdout).toContain('No lien stood on wr_none.');
    expect(told.stdout).toContain(`${PARTY} was recorded in party-registry/party`);
    expect(told.stdout).toContain(txId);
    const json = await runTriflow(['verify', file, '--trust', genesisFile, '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      kind: 'both',
      chainId: net.genesis.chainId,
      items: [{ kind: 'inclusion' }, { kind: 'absence', data: null }, { kind: 'inclusion' }],
      transactions: [{ txId, outcome: 'committed', sender: PARTY }],
    });
  });

  it(`is refused after any one changed byte, ${EVIDENCE_FLIPS} of them`, () => {
    const { genesis } = net;
    expect(verifyEvidence(bytes, { genesis }).items).toHaveLength(3);
    for (let turn = 0; turn < EVIDENCE_FLIPS; turn += 1) {
      const at = Math.floor((turn * bytes.length) / EVIDENCE_FLIPS);
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (turn % 8));
      expect(refusalOf(changed), `byte ${at}`).toMatch(/^EVIDENCE_/);
    }
    expect(refusalOf(bytes.slice(0, -1))).toBe('EVIDENCE_MALFORMED');
    expect(refusalOf(Uint8Array.from([...bytes, 0x0a]))).toBe('EVIDENCE_MALFORMED');
    expect(refusalOf(new Uint8Array(0))).toBe('EVIDENCE_MALFORMED');
  });

  it('is refused when a forger writes the checksum anew', () => {
    const file = fileSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const [first = '', second = '', third = ''] = file.states;
    const [transaction] = file.transactions;
    const forgeries: readonly (readonly [string, Answer])[] = [
      ['another value', { states: [withHexBit(first, 60), second, third] }],
      ['a lien denied', { states: [first, second, hexOf(withoutValue(base64Of(third)))] }],
      ['another state', { header: hexOf(withOtherState(base64Of(file.header))) }],
      ['two signatures', { certificate: hexOf(withSignatures(base64Of(file.certificate), 2)) }],
      ['one signer twice', { certificate: hexOf(withOneTwice(base64Of(file.certificate))) }],
      [
        'another result',
        { transactions: [{ ...transaction, result: withHexBit(transaction?.result, 60) }] },
      ],
      ['another chain', { chainId: 'other-1' }],
    ];
    expect(refusalOf(forged(file, {}))).toBe('accepted');
    for (const [name, change] of forgeries) {
      expect(refusalOf(forged(file, change)), name).toMatch(/^EVIDENCE_/);
    }
  });

  it.each([0.1, 0.5, 0.9])(
    'the program refuses it changed at %f: exit 7, one sentence',
    async (share) => {
      const changed = Uint8Array.from(bytes);
      const at = Math.floor(bytes.length * share);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const path = join(net.dir, 'changed.evidence.json');
      await writeFile(path, changed);
      const told = await runTriflow(['verify', path, '--trust', genesisFile]);
      expect(told, told.stderr).toMatchObject({ code: 7, stdout: '' });
      expect(sentencesOf(told)).toHaveLength(1);
      expect(told.stderr).toMatch(/EVIDENCE_/);
    },
  );

  it('is refused under another genesis: exit 7, EVIDENCE_WRONG_CHAIN', async () => {
    const { chainId, timeMs } = net.genesis;
    const foreign = devnetGenesis({ nodes: 4, chainId, timeMs: timeMs + 1 });
    const path = join(net.dir, 'foreign.json');
    await writeFile(path, JSON.stringify(foreign));
    const told = await runTriflow(['verify', file, '--trust', path]);
    expect(told.code).toBe(7);
    expect(sentencesOf(told)).toEqual([expect.stringContaining('EVIDENCE_WRONG_CHAIN')]);
  });

  function refusalOf(changed: Uint8Array): string {
    try {
      verifyEvidence(changed, { genesis: net.genesis });
    } catch (error) {
      return codeOf(error);
    }
    return 'accepted';
  }
});

function clientOf(verify: 'always' | 'never' = 'always', url = liar.url): Client {
  const account = accountFromSeed({ party: PARTY, keyId: DEMO_KEY_ID, seed: demoSeed('carrier') });
  return createClient({ transport: http(url), trust: { genesis: net.genesis }, verify, account });
}

async function rows(where: Readonly<Record<string, string>>): Promise<number> {
  let count = 0;
  for await (const _ of clientOf().parties.list({ where })) count += 1;
  return count;
}

function codeOf(error: unknown): string {
  return isTriflowError(error) ? error.code : `not refused: ${JSON.stringify(error)}`;
}

function onState(lie: StateLie): Lie {
  return (path, answer) => {
    return path.startsWith('/v1/state') ? lie(stateSchema.parse(answer)) : undefined;
  };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function withBit(text: string, at: number): string {
  const bytes = bytesOf(text);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return textOf(bytes);
}

function proofOf(text: string) {
  const proof = decodeStateProof(bytesOf(text));
  return defined(proof.ok ? proof.value : undefined, 'a proof');
}

function withOtherValue(text: string): string {
  const proof = proofOf(text);
  const value = Uint8Array.from(proof.value ?? []);
  value[value.length - 1] = (value[value.length - 1] ?? 0) ^ 1;
  return textOf(encodeStateProof({ ...proof, value }));
}

function withoutValue(text: string): string {
  return textOf(encodeStateProof({ ...proofOf(text), value: null }));
}

function headerOf(text: string) {
  const header = decodeHeader(bytesOf(text));
  return defined(header.ok ? header.value : undefined, 'a header');
}

function withOtherState(text: string): string {
  const header = headerOf(text);
  return textOf(headerBytes({ ...header, stateRoot: header.txRoot }));
}

function withOtherHeight(text: string): string {
  const header = headerOf(text);
  return textOf(headerBytes({ ...header, height: header.height + 1 }));
}

function certificateOf(text: string) {
  const certificate = decodeCommitCertificate(bytesOf(text));
  return defined(certificate.ok ? certificate.value : undefined, 'a certificate');
}

function withSignatures(text: string, count: number): string {
  const certificate = certificateOf(text);
  const entries = certificate.entries.slice(0, count);
  return textOf(encodeCertificate({ ...certificate, entries }));
}

function withOneTwice(text: string): string {
  const certificate = certificateOf(text);
  const [first, second] = certificate.entries;
  const entries = [first, second, second].map((entry) => defined(entry, 'an entry'));
  return textOf(encodeCertificate({ ...certificate, entries }));
}

/** All of it fits together, but for the keys: those of nobody's validators. */
function strangersSigned(answer: StateAnswer): Answer {
  const header = bytesOf(withOtherState(answer.header));
  const certificate = certificateOf(answer.certificate);
  const valueId = hashOf(header);
  const entries = certificate.entries.map(([index]) => {
    return [index, signSync(demoSeed(`stranger-${index}`), header)] as const;
  });
  const forged = encodeCertificate({ ...certificate, valueId, entries });
  return { ...answer, header: textOf(header), certificate: textOf(forged) };
}

/** A page of a list with one row more: made up, or one that is there. */
function withRow(answer: Answer, id = 'uscc:9144030071526726XG'): Answer {
  const { data } = z.object({ data: z.array(z.unknown()) }).parse(answer);
  return { ...answer, data: [...data, { id, data: {} }] };
}

function withOtherProof(answer: Answer, part: 'bytes' | 'path' | 'result'): Answer {
  const leaf = z.looseObject({ bytes: z.string(), path: z.array(z.string()) });
  const told = z.looseObject({ transaction: leaf, result: leaf }).parse(answer);
  const { transaction, result } = told;
  if (part === 'result')
    return { ...told, result: { ...result, bytes: withBit(result.bytes, 60) } };
  if (part === 'bytes') {
    return { ...told, transaction: { ...transaction, bytes: withBit(transaction.bytes, 60) } };
  }
  const path = [...transaction.path, textOf(new Uint8Array(32))];
  return { ...told, transaction: { ...transaction, path } };
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64url').toString('hex');
}

function base64Of(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}

function withHexBit(hex = '', at: number): string {
  return hexOf(withBit(base64Of(hex), at));
}

/** An evidence file with other members and a checksum that fits them, as its README says. */
function forged(file: Answer, change: Answer): Uint8Array {
  const { checksum: _, ...content } = { ...file, ...change };
  const text = `triflow/evidence-checksum/1\n${canonicalJson(content)}`;
  const checksum = textFromHash(hashOf(utf8FromText(text)));
  return utf8FromText(canonicalJson({ ...content, checksum }));
}
