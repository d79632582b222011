import { allContracts } from '@triflow/contracts';
import { type DemoPartyAlias, demoSeed, publicKeyFromSeed, signSync } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';
import {
  assert,
  CodedError,
  type ConsensusParameters,
  type Genesis,
  type GenesisValidator,
  hexFromBytes,
  isValidatorId,
  limits,
  type PartyId,
  parseGenesis,
  possessionSignBytes,
} from '@triflow/protocol';
import { type DemoParty, demoParties, genesisPartyFromDemo } from './demoParties.js';

const SUITE = 'ed25519';

/** What suits one laptop: quick blocks, short timeouts, a sign of life every other second. */
const laptopParameters = {
  blockIntervalMs: 100,
  heartbeatMs: 2_000,
  proposeBaseMs: 1_000,
  proposeDeltaMs: 250,
  voteBaseMs: 500,
  voteDeltaMs: 250,
  timeoutCapMs: 5_000,
};

/** Who runs the validators, in their order; a larger devnet starts again from the first. */
const operators: readonly DemoPartyAlias[] = [
  'refinery',
  'bank-yangtze',
  'warehouse',
  'bank-bohai',
  'registry',
  'supervisor',
  'carrier',
  'insurer',
  'regulator',
  'platform',
];

export interface DevnetGenesisOptions {
  /** Validators v1 to vN. */
  readonly nodes: number;
  /** Observers, numbered on from the validators; default none. */
  readonly observers?: number;
  readonly chainId: string;
  readonly timeMs: number;
  /** Default: all of `demoParties`. */
  readonly parties?: readonly DemoParty[];
  readonly parameters?: Partial<ConsensusParameters>;
}

/**
 * The genesis of a devnet: demo keys for validators and parties, every contract enabled. Throws
 * GENESIS_INVALID for a chain id, number of nodes or parameter out of range.
 */
export function devnetGenesis(options: DevnetGenesisOptions): Genesis {
  const { nodes, observers = 0, chainId, timeMs, parties = demoParties, parameters } = options;
  const counts = [nodes, observers, nodes + observers].every(Number.isInteger);
  const fits = nodes >= 1 && observers >= 0 && nodes + observers <= limits.validatorsMax;
  if (!counts || !fits) {
    const message = `a devnet has 1 to ${limits.validatorsMax} nodes, not ${nodes} and ${observers}`;
    throw new CodedError('GENESIS_INVALID', message);
  }
  const parsed = parseGenesis({
    format: 'triflow/genesis/1',
    chainId,
    timeMs,
    hashSuite: 'sha256',
    devnet: true,
    parameters: { ...laptopParameters, ...parameters },
    contracts: allContracts.map(({ name, version }) => ({ name, version, parameters: {} })),
    parties: parties.map(genesisPartyFromDemo),
    validators: Array.from({ length: nodes }, (_, index) => {
      return demoValidator(chainId, `v${index + 1}`, operatorOf(parties, index));
    }),
    observers: Array.from({ length: observers }, (_, index) => ({
      party: operatorOf(parties, nodes + index),
      peerId: observerPeerId(nodes + index),
    })),
  });
  if (!parsed.ok) throw new CodedError('GENESIS_INVALID', parsed.fault.message);
  return parsed.value;
}

/**
 * Names of a devnet's nodes: its validators, then its observers, by the labels of their keys.
 * Observers from the first one on whose key is not a demo key are somebody else's to start.
 */
export function devnetNodeIds({ validators, observers }: Genesis): string[] {
  const foreign = observers.findIndex(({ peerId }, index) => {
    return peerId !== observerPeerId(validators.length + index);
  });
  const nodes = validators.length + (foreign === -1 ? observers.length : foreign);
  return Array.from({ length: nodes }, (_, index) => `v${index + 1}`);
}

function observerPeerId(index: number): string {
  return peerIdFromSeed(demoSeed(`node-v${index + 1}`));
}

function operatorOf(parties: readonly DemoParty[], index: number): PartyId {
  const willing = operators.flatMap((alias) => parties.filter((party) => party.alias === alias));
  const candidates = willing.length === 0 ? parties : willing;
  const operator = candidates[index % candidates.length];
  if (operator === undefined) throw new CodedError('GENESIS_INVALID', 'a devnet needs a party');
  return operator.id;
}

function demoValidator(chainId: string, label: string, party: PartyId): GenesisValidator {
  assert(isValidatorId(label), 'demo validator: its label');
  const seed = demoSeed(label);
  const publicKey = publicKeyFromSeed(seed);
  const peerId = peerIdFromSeed(demoSeed(`node-${label}`));
  const message = possessionSignBytes({
    chainId,
    validatorId: label,
    suite: SUITE,
    publicKey,
    peerId,
  });
  return {
    id: label,
    party,
    suite: SUITE,
    publicKey: hexFromBytes(publicKey),
    peerId,
    power: 1,
    possession: hexFromBytes(signSync(seed, message)),
  };
}
