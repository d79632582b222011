import type { TxOutcome } from '@triflow/api';
import type { Hash } from '@triflow/protocol';
import type { Admission } from './admission.js';
import type { Chain } from './chain.js';
import type { ChainReader } from './chainReader.js';

/** What says how a transaction ended: blocks, and what waits for one. */
export interface OutcomeSources {
  readonly chain: Pick<Chain, 'head'> & {
    readonly mempool: Pick<Chain['mempool'], 'get'>;
    readonly store: Pick<Chain['store'], 'findTransaction'>;
  };
  readonly admission: Pick<Admission, 'validUntil'>;
}

/** How a transaction stands: in a block, pending, out of time, or never heard of. */
export async function readOutcome(
  { chain, admission }: OutcomeSources,
  reader: Pick<ChainReader, 'result'>,
  txId: Hash,
): Promise<TxOutcome> {
  // Before the store is asked: a block that comes meanwhile takes it out of what waits.
  const { height } = chain.head();
  const validUntilHeight = chain.mempool.get(txId)?.validUntilHeight ?? admission.validUntil(txId);
  const found = await chain.store.findTransaction(txId);
  if (found !== undefined) {
    const result = await reader.result(found.height, found.index);
    if (result !== undefined) {
      return { kind: result.number === 0 ? 'committed' : 'rejected', ...found, result };
    }
  }
  if (validUntilHeight === undefined) return { kind: 'unknown' };
  const kind = height >= validUntilHeight ? 'expired' : 'pending';
  return { kind, validUntilHeight };
}
