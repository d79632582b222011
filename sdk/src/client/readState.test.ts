import { base64UrlFromBytes, bytesFromBase64Url } from '@triflow/api/routes';
import { type CborMap, decodeCommitCertificate, encodeCertificate } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError } from '../errors/triflowError.js';
import { fakeSet } from '../testing/fakeChain.js';
import { createWorld, type World } from '../testing/world.js';

const PARTY_KEY = 'party-registry/party/dev:supplier';
const supplier: CborMap = {
  id: 'dev:supplier',
  name: '供应商',
  roles: ['SUPPLIER'],
  sizeClass: 'small',
  state: 'ACTIVE',
  keyIds: ['k1'],
  licences: [],
  registeredAt: 1_700_000_000_000,
  version: 1,
};

let world: World;

beforeEach(() => {
  world = createWorld();
  world.chain.commit({ puts: { [PARTY_KEY]: supplier } });
});

/** The code of what a promise throws. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await world.clock.run(work);
  } catch (error) {
    if (isTriflowError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

describe('a verified read', () => {
  it('gives the record with the height and who signed it', async () => {
    const party = await world.clock.run(world.client.parties.get('dev:supplier'));
    expect(party.data?.name).toBe('供应商');
    expect(party.verified).toEqual({
      height: 2,
      signers: 3,
      of: 4,
      kind: 'inclusion',
      ageMs: 600,
    });
    expect(world.clock.timers()).toBe(0);
  });

  it('proves that there is none', async () => {
    const party = await world.clock.run(world.client.parties.get('dev:nobody'));
    expect(party.data).toBeNull();
    expect(party.verified?.kind).toBe('absence');
  });

  it('starts from a bare genesis hash as well', async () => {
    const { genesisHash } = world.chain;
    const client = world.connect({ trust: { genesisHash } });
    const party = await world.clock.run(client.parties.get('dev:supplier'));
    expect(party.verified?.signers).toBe(3);
  });

  it('starts from a pinned set, and knows nothing before it', async () => {
    world.chain.commitTo(6);
    const { chainId } = world.chain.genesis;
    const { genesisHash } = world.chain;
    const pin = { chainId, genesisHash, stateTreeDepth: 6, height: 5, validators: fakeSet(1, 4) };
    const client = world.connect({ trust: pin });
    const party = await world.clock.run(client.parties.get('dev:supplier'));
    expect(party.height).toBe(6);
    expect(await codeOf(client.parties.get('dev:supplier', { at: 4 }))).toBe('TRUST_EXPIRED');
  });

  it('checks one certificate for many reads at one height', async () => {
    const { client, clock, nodes } = world;
    await clock.run(client.parties.get('dev:supplier'));
    // A second certificate that is worthless is not even looked at: the header is known.
    nodes[0].tamper = (_path, body) => ({
      ...body,
      certificate: base64UrlFromBytes(new Uint8Array(3)),
    });
    const again = await clock.run(client.parties.get('dev:supplier'));
    expect(again.verified?.signers).toBe(3);
  });

  it('names a wrong id before anything is asked', async () => {
    expect(await codeOf(world.client.parties.get('no id'))).toBe('REQUEST_INVALID');
    expect(await codeOf(world.client.parties.get('a/b/../c d'))).toBe('REQUEST_INVALID');
    expect(world.nodes[0].seen).toHaveLength(0);
  });
});

type Answer = Record<string, unknown>;

function flipped(text: unknown, at: number): string {
  const bytes = bytesFromBase64Url(String(text)) ?? new Uint8Array();
  const position = at < 0 ? bytes.length + at : at;
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  return base64UrlFromBytes(bytes);
}

describe('a lying node', () => {
  const lies: Record<string, (body: Answer, world: World) => Answer> = {
    'changes the state root': (body) => ({ ...body, header: flipped(body.header, -120) }),
    'changes the header anywhere': (body) => ({ ...body, header: flipped(body.header, 40) }),
    'changes a signature': (body) => ({ ...body, certificate: flipped(body.certificate, -3) }),
    'gives no certificate': (body) => ({ ...body, certificate: '' }),
    'gives text that is no base64url': (body) => ({ ...body, certificate: '===' }),
    'gives another proof': (body, { chain }) => {
      const [proof] = chain.proofs(2, ['party-registry/party/dev:nobody']);
      return { ...body, proofs: [base64UrlFromBytes(proof ?? new Uint8Array())] };
    },
    'gives a proof of an older state': (body, { chain }) => {
      const [proof] = chain.proofs(1, [PARTY_KEY]);
      return { ...body, proofs: [base64UrlFromBytes(proof ?? new Uint8Array())] };
    },
    'gives no proof': (body) => ({ ...body, proofs: [] }),
    'changes the value': (body) => ({
      ...body,
      proofs: [flipped((body.proofs as string[])[0], 60)],
    }),
    'gives a header that too few signed': (body, { chain }) => {
      const { header, set } = chain.head;
      return { ...body, certificate: base64UrlFromBytes(chain.sign(header, set, 2)) };
    },
    'signs with validators of its own': (body, { chain }) => {
      const { header } = chain.head;
      const set = fakeSet(10, 4);
      return { ...body, certificate: base64UrlFromBytes(chain.sign(header, set, 4)) };
    },
    'counts one signer twice': (body) => {
      const certificate = bytesFromBase64Url(String(body.certificate)) ?? new Uint8Array();
      const read = decodeCommitCertificate(certificate);
      if (!read.ok) return body;
      const [first] = read.value.entries;
      const entries = first === undefined ? [] : [first, first, first];
      return {
        ...body,
        certificate: base64UrlFromBytes(encodeCertificate({ ...read.value, entries })),
      };
    },
    'gives the certificate of another height': (body, { chain }) => {
      return { ...body, certificate: base64UrlFromBytes(chain.at(1).certificate) };
    },
  };

  for (const [name, lie] of Object.entries(lies)) {
    it(`is found out when it ${name}`, async () => {
      for (const node of world.nodes) {
        node.tamper = (path, body) => (path === '/v1/state' ? lie(body, world) : body);
      }
      const code = await codeOf(world.client.parties.get('dev:supplier'));
      const expected = name === 'gives no proof' ? 'PROOF_MISSING' : 'VERIFICATION_FAILED';
      expect([code, name]).toEqual([
        name === 'gives text that is no base64url' ? 'TRANSPORT_FAILED' : expected,
        name,
      ]);
    });
  }

  it('is believed only when the caller asked for no verification', async () => {
    const client = world.connect({ verify: 'never' });
    world.nodes[0].tamper = (path, body) =>
      path === '/v1/state' ? { ...body, certificate: '' } : body;
    const party = await world.clock.run(client.parties.get('dev:supplier'));
    expect(party.verified).toBeUndefined();
    expect(party.data?.sizeClass).toBe('small');
  });

  it('of another chain is refused at once, by chain id and by genesis hash', async () => {
    const seen = world.nodes[1].seen.length;
    world.nodes[0].tamper = (path, body) => {
      return path === '/v1/info' ? { ...body, genesisHash: `sha256:${'1'.repeat(64)}` } : body;
    };
    expect(await codeOf(world.client.parties.get('dev:supplier'))).toBe('CHAIN_MISMATCH');
    world.nodes[0].tamper = (_path, body) => ({ ...body, chainId: 'elsewhere' });
    expect(await codeOf(world.connect().parties.get('dev:supplier'))).toBe('CHAIN_MISMATCH');
    expect(world.nodes[1].seen.length).toBe(seen);
  });

  it('cannot pass off another genesis document for a trusted hash', async () => {
    const client = world.connect({ trust: { genesisHash: world.chain.genesisHash } });
    world.nodes[0].tamper = (path, body) => {
      return path === '/v1/genesis' ? { ...body, timeMs: 1 } : body;
    };
    expect(await codeOf(client.parties.get('dev:supplier'))).toBe('VERIFICATION_FAILED');
  });
});

describe('time', () => {
  it('never goes backwards for one client, unless a height is named', async () => {
    const { client, clock, nodes, chain } = world;
    chain.commitTo(5);
    await clock.run(client.parties.get('dev:supplier'));
    nodes[0].height = () => 3;
    const next = await clock.run(client.parties.get('dev:supplier'));
    expect(next.height).toBe(5);
    const earlier = await clock.run(client.parties.get('dev:supplier', { at: 1 }));
    expect(earlier.data).toBeNull();
    nodes[1].height = () => 3;
    expect(await codeOf(client.parties.get('dev:supplier'))).toBe('NODE_SYNCING');
  });

  it('refuses an answer that is older than asked for', async () => {
    const { client, clock } = world;
    clock.advance(5_000);
    const options = { maxAgeMs: 1_000 };
    expect(await codeOf(client.parties.get('dev:supplier', options))).toBe('READ_TOO_OLD');
    const party = await clock.run(client.parties.get('dev:supplier', { maxAgeMs: 60_000 }));
    expect(party.verified?.ageMs).toBe(5_600);
  });
});
