import { demoSeed } from '@triflow/crypto';
import type { Genesis, PartyId } from '@triflow/protocol';
import { accountFromSeed, type Client, createClient, http } from '@triflow/sdk';
import { DEMO_KEY_ID } from './demoParties.js';

/** A GLN of GS1's range for demonstrations (prefix 952): it stays nobody's. */
const PROBE_GLN = '9520000000004';
const VALID_FOR_BLOCKS = 500;

export interface ProbeOptions {
  readonly urls: readonly string[];
  readonly genesis: Genesis;
  /** Who signs it. */
  readonly alias: string;
  readonly party: PartyId;
  readonly timeoutMs: number;
}

/** Where a probe stands, proved by the validators' signatures. */
export interface Probe {
  readonly txId: string;
  readonly height: number;
  /** How many validators signed that block, of how many. */
  readonly signers: number;
  readonly of: number;
}

/**
 * Commits one real transaction and proves it against genesis: a place is registered and released
 * at once, so that the state is as before. Throws the SDK's errors, OUTCOME_UNKNOWN without quorum.
 */
export async function commitProbe(options: ProbeOptions): Promise<Probe> {
  const { timeoutMs } = options;
  // On a new chain there is no block yet to count from that could be verified.
  const trusting = clientOf(options, 'never');
  const transaction = await trusting.transaction(
    [
      { contract: 'trace', name: 'register_location', params: { gln: PROBE_GLN } },
      { contract: 'trace', name: 'release_location', params: { gln: PROBE_GLN } },
    ],
    { validForBlocks: VALID_FOR_BLOCKS, timeoutMs },
  );
  const { height } = await transaction.commit({ timeoutMs });
  const proved = await clientOf(options, 'always').resume(transaction.bytes).settle({ timeoutMs });
  const { signers = 0, of = 0 } = proved.verified ?? {};
  return { txId: transaction.id, height, signers, of };
}

function clientOf(options: ProbeOptions, verify: 'always' | 'never'): Client {
  const { urls, genesis, alias, party, timeoutMs } = options;
  const account = accountFromSeed({ party, keyId: DEMO_KEY_ID, seed: demoSeed(alias) });
  return createClient({ transport: http(urls), trust: { genesis }, account, verify, timeoutMs });
}
