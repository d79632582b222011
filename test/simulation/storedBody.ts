import { transactionId } from '@triflow/crypto';
import type { RunningNode } from '@triflow/node';
import { decodeBlock, decodeTransaction, decodeTxResult, type Result } from '@triflow/protocol';
import type { StoredBody } from './checkers.js';

/** What a node has kept of a block, read again from its store. */
export async function storedBody({ chain }: RunningNode, height: number): Promise<StoredBody> {
  const block = await chain.store.getBlock(height);
  const results = await chain.store.getResults(height);
  const decoded = block === undefined ? undefined : decodeBlock(block);
  const transactions = decoded?.ok === true ? decoded.value.body.transactions : [];
  return {
    txIds: transactions
      .flatMap((bytes) => readable(decodeTransaction(bytes)))
      .map(({ signBytes }) => transactionId(signBytes)),
    results: (results ?? []).flatMap((bytes) => readable(decodeTxResult(bytes))),
  };
}

function readable<T>(result: Result<T>): T[] {
  return result.ok ? [result.value] : [];
}
