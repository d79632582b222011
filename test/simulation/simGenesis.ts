import {
  assert,
  type Genesis,
  hexFromBytes,
  type PartyId,
  parseGenesis,
  possessionSignBytes,
  type ValidatorId,
} from '@triflow/protocol';
import type { Plan } from './plan.js';
import { simKey } from './simKeys.js';

export const START_MS = 1_700_000_000_000;
export const CLIENT = 'dev:SIM-CLIENT' as PartyId;
/** Runs every node and is the one governor. */
export const OPERATOR = 'dev:SIM-OPERATOR' as PartyId;
/** A validator's second key, for a change of keys, has the label of a node far away. */
const NEXT_KEY_OFFSET = 40;

export function labelOf(index: number): ValidatorId {
  return `v${index + 1}` as ValidatorId;
}

export function nextKeyLabel(index: number): string {
  return `v${index + 1 + NEXT_KEY_OFFSET}`;
}

export function simPeerId(index: number): string {
  return simKey(`node-${labelOf(index)}`).peerId();
}

/** The genesis of a simulated chain: validators v1 to vN, spares as observers. */
export function simGenesis({ nodes, spares, parameters }: Plan): Genesis {
  const chainId = 'sim';
  const key = (label: string) => ({
    keyId: 'k1',
    suite: 'ed25519' as const,
    publicKey: hexFromBytes(simKey(label).publicKey),
  });
  const validators = Array.from({ length: nodes }, (_, index) => {
    const label = labelOf(index);
    const { publicKey, sign } = simKey(label);
    const peerId = simPeerId(index);
    const suite = 'ed25519' as const;
    const claim = { chainId, validatorId: label, suite, publicKey, peerId };
    const possession = hexFromBytes(sign(possessionSignBytes(claim)));
    const seat = { id: label, party: OPERATOR, suite, peerId, power: 1 as const };
    return { ...seat, publicKey: hexFromBytes(publicKey), possession };
  });
  const parsed = parseGenesis({
    format: 'triflow/genesis/1',
    chainId,
    timeMs: START_MS - 10_000,
    hashSuite: 'sha256',
    devnet: true,
    parameters: { heartbeatMs: 5_000, stateTreeDepth: 6, transactionWindow: 256, ...parameters },
    contracts: ['party-registry', 'counter', 'governance'].map((name) => {
      return { name, version: 1, parameters: {} };
    }),
    parties: [
      {
        id: OPERATOR,
        name: 'operator',
        roles: ['GOVERNOR'],
        sizeClass: 'large',
        keys: [key('operator')],
      },
      {
        id: CLIENT,
        name: 'client',
        roles: ['SUPPLIER'],
        sizeClass: 'small',
        keys: [key('client')],
      },
    ],
    validators,
    observers: Array.from({ length: spares }, (_, index) => {
      return { party: OPERATOR, peerId: simPeerId(nodes + index) };
    }),
  });
  assert(parsed.ok, 'the simulated genesis is right');
  return parsed.value;
}
