import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMempool } from '@triflow/mempool';
import {
  CodedError,
  type Contract,
  decodeBlock,
  type Genesis,
  isCodedError,
  type Logger,
  type ValidatorId,
} from '@triflow/protocol';
import {
  createLedgerStore,
  diagnoseLog,
  lockDataDirectory,
  nodeFileSystem,
  openLevelStore,
  openStoreCopy,
  readChain,
  type StoreCopy,
  type StoredBlock,
} from '@triflow/storage';
import { Chain } from '../chain.js';
import { checkUnit } from '../checkUnit.js';
import { quarantinedLog } from '../openLog.js';
import { dataPlaces, finishRebuild, isThere } from '../openStores.js';
import type { VerifierPort } from '../ports.js';

export interface RecoverOptions {
  readonly genesis: Genesis;
  readonly contracts: readonly Contract[];
  readonly self: ValidatorId | null;
  readonly verifier: VerifierPort;
  readonly logger: Logger;
  readonly pause: () => Promise<void>;
}

interface Rebuilt {
  readonly head: number;
  /** Whether other validators hold what is missing above the head. */
  readonly hasPeers: boolean;
}

/**
 * Rebuilds a damaged database from its own blocks: each is checked against its certificate under
 * the set of its height and executed again, so nothing of the damaged state is believed. What is
 * lost above the last whole block comes from the peers; the node then signs nothing at heights
 * where its log says that it may have signed. The damaged database is put aside, once:
 * STORE_CORRUPT when one lies there already, or when nobody else holds what is lost.
 */
export async function recoverData(
  data: string,
  options: RecoverOptions,
  cause: CodedError,
): Promise<void> {
  const { logger } = options;
  const places = dataPlaces(data);
  const lock = await lockDataDirectory(data);
  try {
    if (await isThere(join(places.aside, 'db'))) throw damagedAgain(places.aside, cause);
    logger.warn('store.rebuilding', { why: cause.message });
    await rm(places.rebuilding, { recursive: true, force: true });
    const rebuilt = await rebuildInto(places.rebuilding, places.db, options);
    await settleLog(places.log, rebuilt, cause);
    await mkdir(places.aside, { recursive: true });
    await nodeFileSystem.syncDirectory(data);
    await rename(places.db, join(places.aside, 'db'));
    await nodeFileSystem.syncDirectory(places.aside);
    await finishRebuild(data);
    logger.warn('store.rebuilt', { height: rebuilt.head, aside: places.aside });
  } finally {
    await lock.release();
  }
}

/** Gives the height up to which the blocks were whole. */
async function rebuildInto(path: string, from: string, options: RecoverOptions): Promise<Rebuilt> {
  const { genesis, contracts, logger, pause, verifier, self } = options;
  const old = await openReadable(from);
  try {
    const store = await createLedgerStore(await openLevelStore(path));
    try {
      const mempool = createMempool();
      const chain = await Chain.open({
        genesis,
        contracts,
        store,
        mempool,
        verifier,
        logger,
        pause,
      });
      if (old !== undefined) await executeAgain(readChain(old.store), chain, verifier);
      const { height: head } = chain.head();
      const set = chain.validatorSet(head + 1);
      return { head, hasPeers: set.some(({ id }) => id !== self) };
    } finally {
      await store.close();
    }
  } finally {
    await old?.close();
  }
}

/** The damaged database as it is, or if it cannot be opened, what is left of it. */
async function openReadable(path: string): Promise<StoreCopy | undefined> {
  try {
    return await openStoreCopy(path);
  } catch (error) {
    if (!isCodedError(error, 'STORE_CORRUPT')) throw error;
    return openStoreCopy(path, { salvage: true });
  }
}

async function executeAgain(
  blocks: AsyncIterable<StoredBlock>,
  chain: Chain,
  verifier: VerifierPort,
): Promise<void> {
  const { binding } = chain;
  for await (const unit of blocks) {
    const height = chain.head().height + 1;
    if (height === 1) refuseOtherChain(unit, chain);
    const set = chain.validatorSet(height);
    const checked = await checkUnit(unit, { height, set, binding, verifier });
    if (typeof checked === 'string') return;
    const { valueId, bytes, certificate } = checked;
    const judged = await chain.judge(valueId, bytes);
    if (judged?.verdict !== 'valid') {
      const message = `this program executes block ${height} to another result: ${judged?.reason}`;
      throw new CodedError('NODE_HALTED', message);
    }
    await chain.commit(valueId, bytes, certificate);
  }
}

/** The mark of the chain may be what is damaged. */
function refuseOtherChain(unit: StoredBlock, { binding }: Chain): void {
  const block = decodeBlock(unit.block);
  if (!block.ok || block.value.header.parentHash === binding.genesisHash) return;
  throw new CodedError(
    'GENESIS_MISMATCH',
    'the data folder belongs to another chain: its genesis differs from the one configured',
  );
}

/**
 * A whole log of height L says that nothing was signed above L: where blocks below it are to come
 * from the peers, that is the bound of the quarantine (P11).
 */
async function settleLog(dir: string, { head, hasPeers }: Rebuilt, cause: Error): Promise<void> {
  const place = { fs: nodeFileSystem, dir };
  const { height, state } = await diagnoseLog(place);
  if (height === undefined || height <= head + 1) return;
  if (!hasPeers) throw lostForGood(head, cause);
  if (state !== 'none' && state !== 'torn') return;
  const { log } = await quarantinedLog(place, head + 1, { until: height, vouched: null });
  await log.close();
}

function damagedAgain(aside: string, cause: Error): CodedError {
  const next =
    `triflow doctor says what is damaged; look at the disk, then remove ${aside}, and a start` +
    ' rebuilds the database once more';
  const message = `the database is damaged again since it was rebuilt: ${cause.message}; ${next}`;
  return new CodedError('STORE_CORRUPT', message, { details: { next }, cause });
}

function lostForGood(head: number, cause: Error): CodedError {
  const next = 'triflow backup restore';
  const message =
    `the blocks above ${head} are damaged and no other validator holds this chain` +
    ` (${cause.message}): ${next}`;
  return new CodedError('STORE_CORRUPT', message, { details: { next }, cause });
}
