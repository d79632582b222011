import { allContracts } from '@triflow/contracts';
import { certificateSignatures } from '@triflow/crypto';
import { createMempool } from '@triflow/mempool';
import {
  CodedError,
  decodeCommitCertificate,
  type Genesis,
  type Logger,
  type ValidatorSet,
} from '@triflow/protocol';
import { createLedgerStore, createMemoryStore, type LedgerStore } from '@triflow/storage';
import { Chain } from '../chain.js';
import type { VerifierPort } from '../ports.js';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface Replay {
  readonly height: number;
  readonly blockId: string;
}

/**
 * Plays a store's blocks from the genesis in memory, as a node that catches up does (R-Y2): each
 * certificate under the set of its height, each block executed and its roots compared. Throws
 * STORE_CORRUPT naming the first height that does not fit.
 */
export async function replayBlocks(
  source: LedgerStore,
  genesis: Genesis,
  parts: { readonly verifier: VerifierPort; readonly onHeight: (at: number, of: number) => void },
): Promise<Replay> {
  const { verifier, onHeight } = parts;
  const chain = await Chain.open({
    genesis,
    contracts: allContracts,
    store: await createLedgerStore(createMemoryStore()),
    mempool: createMempool(),
    verifier,
    logger: silent,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const last = source.head()?.height ?? 0;
  for (let height = 1; height <= last; height += 1) {
    onHeight(height, last);
    await playOne(chain, source, height, verifier);
  }
  const { height, valueId } = chain.head();
  return { height, blockId: valueId };
}

async function playOne(
  chain: Chain,
  source: LedgerStore,
  height: number,
  verifier: VerifierPort,
): Promise<void> {
  const block = await source.getBlock(height);
  const stored = await source.getCertificate(height);
  if (block === undefined || stored === undefined) throw broken(height, 'it is not all there');
  const certificate = decodeCommitCertificate(stored);
  if (!certificate.ok) throw broken(height, certificate.fault.message);
  const { valueId } = certificate.value;
  const set: ValidatorSet = chain.validatorSet(height);
  const checks = certificateSignatures(chain.binding, set, certificate.value);
  if (!checks.ok) throw broken(height, checks.fault.message);
  const isSigned = (await verifier.verify(checks.value)).every((good) => good);
  if (!isSigned) throw broken(height, 'a signature of its certificate is wrong');
  try {
    await chain.commit(valueId, block, certificate.value);
  } catch (cause) {
    throw broken(height, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function broken(height: number, why: string, cause?: unknown): CodedError {
  return new CodedError('STORE_CORRUPT', `block ${height} does not replay: ${why}`, {
    details: { height },
    cause,
  });
}
