import { allContracts } from '@triflow/contracts';
import { demoSeed, signSync } from '@triflow/crypto';
import { createMempool } from '@triflow/mempool';
import { Chain } from '@triflow/node';
import {
  type CommitCertificate,
  type Genesis,
  type Hash,
  type Logger,
  quorum,
  voteSignBytes,
} from '@triflow/protocol';
import { createLedgerStore, openLevelStore } from '@triflow/storage';

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A node's chain over LevelDB without a network; what it is given was signed by this process. */
export async function openLoneChain(folder: string, genesis: Genesis): Promise<Chain> {
  return Chain.open({
    genesis,
    contracts: allContracts,
    store: await createLedgerStore(await openLevelStore(folder)),
    mempool: createMempool(),
    verifier: { verify: async (checks) => checks.map(() => true) },
    logger: silentLogger,
    pause: async () => undefined,
  });
}

/** What a quorum of the devnet's published keys says of a block. */
export function certificateOf(chain: Chain, height: number, valueId: Hash): CommitCertificate {
  const vote = { type: 'precommit', height, round: 0, valueId } as const;
  const message = voteSignBytes(chain.binding, vote);
  const set = chain.validatorSet(height);
  const entries = set.slice(0, quorum(set.length)).map(({ id }, index): [number, Uint8Array] => {
    return [index, signSync(demoSeed(id), message)];
  });
  return { kind: 'commit', height, round: 0, valueId, entries };
}
