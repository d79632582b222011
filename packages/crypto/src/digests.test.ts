import {
  type BlockHeader,
  bytesFromHex,
  consensusParametersSchema,
  encodeCanonical,
  type Genesis,
  genesisBytes,
  headerBytes,
  hexFromBytes,
  type PartyId,
  parseGenesis,
  possessionSignBytes,
  utf8FromText,
  type ValidatorId,
  validatorSetBytes,
  ZERO_HASH,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { demoKeyLabels, demoPartyAliases, demoSeed, isDemoPublicKey } from './demoKeys.js';
import {
  blockHash,
  digestText,
  genesisHashOf,
  transactionId,
  validatorSetHash,
} from './digests.js';
import { hasher, hashOf, hashSuites, sha256 } from './hashSuite.js';
import { merkleRoot } from './merkleTree.js';
import { publicKeyFromSeed, signSync } from './signer.js';
import { verifyGenesisKeys } from './verifyGenesisKeys.js';

const header: BlockHeader = {
  version: 1,
  chainId: 'test',
  height: 1,
  timeMs: 1_700_000_000_000,
  parentHash: ZERO_HASH,
  builder: 'v1' as ValidatorId,
  txCount: 0,
  txRoot: ZERO_HASH,
  resultRoot: ZERO_HASH,
  stateRoot: ZERO_HASH,
  validatorsHash: ZERO_HASH,
  nextValidatorsHash: ZERO_HASH,
  evidenceRoot: ZERO_HASH,
};

function genesisOf(devnet: boolean, seeds: { validator: Uint8Array; party: Uint8Array }): Genesis {
  const publicKey = publicKeyFromSeed(seeds.validator);
  const possession = possessionSignBytes({
    chainId: 'test',
    validatorId: 'v1' as ValidatorId,
    suite: 'ed25519',
    publicKey,
    peerId: 'peer-of-v1-validator',
  });
  return {
    format: 'triflow/genesis/1',
    chainId: 'test',
    timeMs: 1_700_000_000_000,
    hashSuite: 'sha256',
    devnet,
    parameters: consensusParametersSchema.parse({}),
    contracts: [{ name: 'governance', version: 1, parameters: {} }],
    parties: [
      {
        id: 'dev:alpha' as PartyId,
        name: 'Alpha',
        roles: [],
        sizeClass: 'large',
        keys: [
          {
            keyId: 'k1',
            suite: 'ed25519',
            publicKey: hexFromBytes(publicKeyFromSeed(seeds.party)),
          },
        ],
      },
    ],
    validators: [
      {
        id: 'v1' as ValidatorId,
        party: 'dev:alpha' as PartyId,
        suite: 'ed25519',
        publicKey: hexFromBytes(publicKey),
        peerId: 'peer-of-v1-validator',
        power: 1,
        possession: hexFromBytes(signSync(seeds.validator, possession)),
      },
    ],
    observers: [],
  };
}

const own = { validator: new Uint8Array(32).fill(1), party: new Uint8Array(32).fill(2) };

describe('digests', () => {
  it('are the hashes of the canonical bytes that protocol names', () => {
    const bytes = utf8FromText('signed');
    expect(transactionId(bytes)).toBe(hexFromBytes(sha256(bytes)));
    expect(blockHash(header)).toBe(hashOf(headerBytes(header)));
    expect(validatorSetHash([])).toBe(hashOf(validatorSetBytes([])));
    const genesis = genesisOf(true, own);
    expect(genesisHashOf(genesis)).toBe(hashOf(genesisBytes(genesis)));
    const value = { b: 2, a: [null, 'x'] };
    const digest = hexFromBytes(sha256(encodeCanonical(['domain/1', value])));
    expect(digestText('domain/1', value)).toBe(`sha256:${digest}`);
  });

  it('the hash suite of genesis is the port handed to others', () => {
    expect([...hashSuites.keys()]).toEqual(['sha256']);
    expect(hashSuites.get('constructor')).toBeUndefined();
    expect(hasher.hash(utf8FromText('x'))).toEqual(sha256(utf8FromText('x')));
    expect(hasher.merkleRoot([])).toEqual(merkleRoot([]));
  });
});

describe('demo keys', () => {
  it('have public seeds by label', () => {
    const text = 'triflow devnet demo key, public, worthless: refinery';
    expect(demoSeed('refinery')).toEqual(sha256(utf8FromText(text)));
  });

  it('are all known, and others are not', () => {
    expect(demoKeyLabels).toHaveLength(64 + 64 + demoPartyAliases.length);
    expect(new Set(demoKeyLabels).size).toBe(demoKeyLabels.length);
    for (const label of ['v1', 'v64', 'node-v1', 'node-v64', ...demoPartyAliases]) {
      expect(isDemoPublicKey(publicKeyFromSeed(demoSeed(label)))).toBe(true);
    }
    for (const label of ['v0', 'v65', 'somebody']) {
      expect(isDemoPublicKey(publicKeyFromSeed(demoSeed(label)))).toBe(false);
    }
    expect(isDemoPublicKey(new Uint8Array(0))).toBe(false);
  });
});

describe('verifyGenesisKeys', () => {
  const good = genesisOf(false, own);
  const faultOf = (genesis: Genesis) => {
    const result = verifyGenesisKeys(genesis);
    return result.ok ? 'valid' : `${result.fault.code} ${result.fault.path}`;
  };
  const [party] = good.parties;
  const [validator] = good.validators;
  if (party === undefined || validator === undefined) throw new Error('no members');

  it('accepts sound keys whose holders prove possession', () => {
    expect(parseGenesis(good).ok).toBe(true);
    expect(faultOf(good)).toBe('valid');
  });

  it('R-S3: refuses weak keys and possession that does not hold, naming the member', () => {
    const weak = hexFromBytes(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)));
    const keys = [{ keyId: 'k1', suite: 'ed25519' as const, publicKey: weak }];
    const inParty = { ...good, parties: [{ ...party, keys }] };
    expect(faultOf(inParty)).toBe('genesis_invalid /parties/0/keys/0/publicKey');
    const inSet = { ...good, validators: [{ ...validator, publicKey: weak }] };
    expect(faultOf(inSet)).toBe('genesis_invalid /validators/0/publicKey');
    const changes: Partial<Genesis['validators'][number]>[] = [
      { possession: '00'.repeat(64) },
      { peerId: 'another-peer-id' },
      { id: 'v2' as ValidatorId },
      { publicKey: party.keys[0]?.publicKey ?? '' },
    ];
    for (const change of changes) {
      const changed = { ...good, validators: [{ ...validator, ...change }] };
      expect(faultOf(changed)).toBe('genesis_invalid /validators/0/possession');
    }
    expect(faultOf({ ...good, chainId: 'other' })).toBe('genesis_invalid /validators/0/possession');
    expect(bytesFromHex(weak)).toHaveLength(32);
  });

  it('refuses demo keys unless the chain is a devnet', () => {
    const demoValidator = { ...own, validator: demoSeed('v1') };
    const demoParty = { ...own, party: demoSeed('refinery') };
    expect(faultOf(genesisOf(true, demoValidator))).toBe('valid');
    expect(faultOf(genesisOf(true, demoParty))).toBe('valid');
    expect(faultOf(genesisOf(false, demoValidator))).toMatch('/validators/0/publicKey');
    expect(faultOf(genesisOf(false, demoParty))).toMatch('/parties/0/keys/0/publicKey');
  });
});
