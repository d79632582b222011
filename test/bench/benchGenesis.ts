import { publicKeyFromSeed, type SeedSigner, sha256, signerFromSeed } from '@triflow/crypto';
import { devnetGenesis } from '@triflow/devnet';
import {
  assert,
  CodedError,
  type Genesis,
  type GenesisParty,
  hexFromBytes,
  isPartyId,
  limits,
  type PartyId,
  parseGenesis,
  utf8FromText,
} from '@triflow/protocol';
import { type Account, accountFromSeed } from '@triflow/sdk';

const KEY_ID = 'k1';

/** A party of the benchmark, with its key. */
export interface Sender {
  readonly party: PartyId;
  readonly keyId: string;
  readonly signer: SeedSigner;
}

/** So many warehouses whose keys anybody can compute. */
export function benchSenders(count: number): Sender[] {
  return Array.from({ length: count }, (_, index) => {
    const party = `dev:bench-${index}`;
    assert(isPartyId(party), `bench sender ${party}`);
    return { party, keyId: KEY_ID, signer: signerFromSeed(seedOf(party)) };
  });
}

/** What a sender reads with, as its own party. */
export function senderAccount({ party, keyId }: Sender): Account {
  return accountFromSeed({ party, keyId, seed: seedOf(party) });
}

/**
 * A devnet's genesis with the senders as further parties, and the window as wide as it may be:
 * transactions are signed before the clock starts and must still be valid when they are sent.
 */
export function benchGenesis(options: {
  readonly chainId: string;
  readonly nodes: number;
  readonly blockIntervalMs: number;
  readonly senders: readonly Sender[];
}): Genesis {
  const { chainId, nodes, blockIntervalMs, senders } = options;
  const timeMs = Date.now();
  const transactionWindow = limits.transactionWindowMax;
  // The default timeouts of a consortium: a busy machine must not lose rounds to short ones.
  const timeouts = { proposeBaseMs: 3_000, voteBaseMs: 1_000, timeoutCapMs: 30_000 };
  const heartbeatMs = 30_000;
  const parameters = { blockIntervalMs, heartbeatMs, transactionWindow, ...timeouts };
  const genesis = devnetGenesis({ nodes, chainId, timeMs, parameters });
  const parties = [...genesis.parties, ...senders.map(genesisPartyOf)];
  const parsed = parseGenesis({ ...genesis, parties });
  if (!parsed.ok) throw new CodedError('GENESIS_INVALID', parsed.fault.message);
  return parsed.value;
}

function genesisPartyOf({ party, keyId }: Sender): GenesisParty {
  const publicKey = hexFromBytes(publicKeyFromSeed(seedOf(party)));
  return {
    id: party,
    name: `Benchmark ${party}`,
    roles: ['WAREHOUSE'],
    sizeClass: 'large',
    keys: [{ keyId, suite: 'ed25519', publicKey }],
  };
}

function seedOf(party: string): Uint8Array {
  return sha256(utf8FromText(`triflow benchmark key, public: ${party}`));
}
