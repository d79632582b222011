import { type SeedSigner, signerFromSeed } from '@triflow/crypto';
import {
  assert,
  type CborMap,
  defined,
  isPartyId,
  isValidatorId,
  readinessSignBytes,
  textFromHash,
  type ValidatorEntry,
} from '@triflow/protocol';
import { partyRegistry } from '../party-registry/index.js';
import { priceFeed } from '../price-feed/index.js';
import { blockIdOf, COMMITTED, given, type Outcome, type World } from '../testkit.js';
import { governanceOf } from './index.js';

const PEER_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A contract with parameters of every form, for governance to set. */
export const tunable = {
  ...priceFeed,
  parameters: { basis: 'both', days: 30, strict: true, holidays: [1, 2], reading: '1-2' },
  parameterBounds: {
    basis: { oneOf: ['both', 'endorsement'] },
    days: { min: 1, max: 60 },
    holidays: { min: 1, max: 40_000 },
    reading: { pattern: /^\d+-\d+$/ },
  },
};

export const governance = governanceOf([partyRegistry, tunable]);

/** The consensus key of a number. */
export function consensusKey(number: number): SeedSigner {
  return signerFromSeed(new Uint8Array(32).fill(100 + number));
}

/** A peer id of the right form, one for each number. */
export function peerIdOf(number: number): string {
  return `12D3KooW${defined(PEER_ALPHABET[number], 'a peer')}`.padEnd(52, 'x');
}

/** A chain of n validators v1 to vn, run by node-1 to node-n, and four governors. */
export function governanceWorld(n: number): World {
  const nodes = Array.from({ length: 12 }, (_, index) => [`node-${index + 1}`, ['CORE']] as const);
  return given({
    contracts: [partyRegistry, tunable, governance],
    parties: {
      g1: ['GOVERNOR'],
      g2: ['GOVERNOR'],
      g3: ['GOVERNOR'],
      g4: ['GOVERNOR'],
      bank: ['LENDER'],
      regulator: ['REGULATOR'],
      ...Object.fromEntries(nodes),
    },
    validators: Array.from({ length: n }, (_, index) => seatOf(index + 1)),
  });
}

/** A governor's or another's command of this contract. */
export function govern(world: World, alias: string, name: string, params: CborMap): Outcome {
  return world.submit(alias, 'governance', name, params);
}

/** Proposes a change under a fresh id. */
export function proposeChange(
  world: World,
  name: string,
  change: { readonly kind: string; readonly body: CborMap },
  extra: CborMap = {},
): Outcome {
  return govern(world, 'g1', 'propose', { id: `gp_${name}`, change, ...extra });
}

/** Three of four governors say yes: just more than two thirds. */
export function carry(world: World, name: string): Outcome {
  let last: Outcome | undefined;
  for (const alias of ['g1', 'g2', 'g3']) {
    last = govern(world, alias, 'vote', { id: `gp_${name}`, yes: true });
  }
  return defined(last, 'a vote');
}

/** A change that adds validator vN with its own key, party and peer. */
export function addition(world: World, number: number, changes: CborMap = {}) {
  const { publicKey } = consensusKey(number);
  const party = world.id(`node-${number}`);
  const seat = { validator: `v${number}`, party, suite: 'ed25519', publicKey };
  return {
    kind: 'add_validator',
    body: { ...seat, peerId: peerIdOf(number), ...changes },
  } as const;
}

/** What a node signs with its new key over a committed block, by default the last one. */
export function readiness(
  world: World,
  validator: string,
  key: SeedSigner,
  height = world.reader().height,
): CborMap {
  const valueId = blockIdOf(height);
  const message = readinessSignBytes(COMMITTED.chain, {
    validatorId: defined(isValidatorId(validator) ? validator : undefined, 'a validator id'),
    suite: key.suite,
    publicKey: key.publicKey,
    height,
    valueId,
  });
  return { height, valueId: textFromHash(valueId), signature: key.signSync(message) };
}

function seatOf(number: number): ValidatorEntry {
  const id = `v${number}`;
  const party = `uscc:TEST-node-${number}`;
  assert(isValidatorId(id) && isPartyId(party), 'governanceWorld: bad names');
  const { publicKey } = consensusKey(number);
  return { id, party, suite: 'ed25519', publicKey, peerId: peerIdOf(number), power: 1 };
}
