import { hexFromBytes, utf8FromText } from '@triflow/protocol';
import { sha256 } from '#sha256';
import { publicKeyFromSeed } from './signer.js';

const DEMO_TEXT = 'triflow devnet demo key, public, worthless: ';
const DEMO_VALIDATORS = 64;

/** Names of the parties of a devnet, each with a published key. */
export const demoPartyAliases = [
  'refinery',
  'supplier',
  'warehouse',
  'bank-yangtze',
  'bank-bohai',
  'supervisor',
  'registry',
  'oracle-1',
  'oracle-2',
  'oracle-3',
  'carrier',
  'governor',
  'regulator',
  'court',
  'insurer',
  'core-enterprise',
  'device-1',
  'platform',
  'tier-1',
  'tier-2',
  'tier-3',
  'tier-4',
  'mah',
  'lot-release',
  'cdc-1',
  'cdc-2',
  'clinic',
  'fiscal',
  'farm',
  'vet',
  'keeper',
  'approver',
  'auditor',
  'device-2',
  'device-3',
  'device-4',
  'device-5',
  'packer',
] as const;

export type DemoPartyAlias = (typeof demoPartyAliases)[number];

const validatorNumbers = Array.from({ length: DEMO_VALIDATORS }, (_, index) => index + 1);

/** Every label whose key is published: v1 to v64, node-v1 to node-v64, the parties. */
export const demoKeyLabels: readonly string[] = [
  ...validatorNumbers.map((number) => `v${number}`),
  ...validatorNumbers.map((number) => `node-v${number}`),
  ...demoPartyAliases,
];

let published: ReadonlySet<string> | undefined;

/** The seed of a demo key. Anybody can compute it: it guards nothing. */
export function demoSeed(label: string): Uint8Array {
  return sha256(utf8FromText(DEMO_TEXT + label));
}

/** Whether a public key is one of the published demo keys. */
export function isDemoPublicKey(publicKey: Uint8Array): boolean {
  published ??= new Set(
    demoKeyLabels.map((label) => hexFromBytes(publicKeyFromSeed(demoSeed(label)))),
  );
  return published.has(hexFromBytes(publicKey));
}
