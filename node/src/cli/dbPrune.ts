import { join, resolve } from 'node:path';
import { CodedError, limits } from '@triflow/protocol';
import { createLedgerStore, lockDataDirectory, openLevelStore } from '@triflow/storage';
import { type Compacted, compactStore } from '../compactStore.js';
import { loadConfig, loadGenesis } from '../config.js';
import { dataPlaces, isThere } from '../openStores.js';
import { lowestKept, type Retention, retentionSchema } from '../retention.js';
import { confirm } from './confirm.js';
import { compactedText, type DbOptions, dataFolder, noDatabase } from './dbParts.js';
import { print } from './output.js';
import { createProgress } from './progress.js';

const STEP_RECORDS = 5_000;

export interface PruneOptions extends DbOptions {
  readonly keepHeights?: string;
  readonly keepDays?: string;
  readonly yes?: boolean;
}

interface Pruned extends Compacted {
  readonly height: number;
  readonly stateFrom: number;
  readonly removed: number;
}

/**
 * `triflow db prune`: gives up the state of old heights in the database of a stopped node, as
 * `[retention]` says or the flags do. REQUEST_INVALID when neither says what to keep.
 */
export async function prune(options: PruneOptions): Promise<void> {
  const home = resolve(options.home);
  const config = await loadConfig(home, { insecureHttp: true });
  const data = await dataFolder(home);
  const { db } = dataPlaces(data);
  const kept = keptOf(options, config.retention);
  const { chainId } = await loadGenesis(join(home, config.node.genesis));
  if (!(await isThere(db))) throw noDatabase(data);
  await confirm(options, {
    what: `the state of old heights in ${data} is given up (${keptText(kept)} are kept)`,
    word: chainId,
  });
  const lock = await lockDataDirectory(data);
  try {
    const done = await pruneDatabase(db, kept, options);
    const { height, stateFrom, removed } = done;
    print(options, { data, ...done }, [
      `state is kept from height ${stateFrom} to ${height}; ${removed} records removed`,
      compactedText(done),
    ]);
  } finally {
    await lock.release();
  }
}

async function pruneDatabase(
  path: string,
  kept: Retention,
  options: PruneOptions,
): Promise<Pruned> {
  const level = await openLevelStore(path);
  try {
    const store = await createLedgerStore(level, { undoHeightsKept: kept.proofHeights });
    const progress = createProgress(options, 'records');
    await store.forgetBefore(await lowestKept(store, kept));
    let removed = 0;
    let read = 0;
    for (let isDone = false; !isDone; ) {
      const step = await store.pruneStep(STEP_RECORDS);
      removed += step.removed;
      read += step.read;
      isDone = step.isDone;
      progress.at(read);
    }
    const compacted = await compactStore(level, progress.at);
    progress.end();
    const height = store.head()?.height ?? 0;
    return { height, stateFrom: store.stateFrom(), removed, ...compacted };
  } finally {
    await level.close();
  }
}

/** What the flags say, else what the configuration says. */
function keptOf({ keepHeights, keepDays }: PruneOptions, configured: Retention): Retention {
  const { proofHeights } = configured;
  if (keepHeights === undefined && keepDays === undefined) {
    const { stateHeights, stateDays } = configured;
    if (stateHeights !== undefined || stateDays !== undefined) return configured;
    const message = 'say what to keep: --keep-heights N, --keep-days N, or [retention] in the file';
    throw new CodedError('REQUEST_INVALID', message);
  }
  const parsed = retentionSchema.safeParse({
    proofHeights,
    ...(keepHeights !== undefined && { stateHeights: Number(keepHeights) }),
    ...(keepDays !== undefined && { stateDays: Number(keepDays) }),
  });
  if (parsed.success) return parsed.data;
  const message =
    `--keep-heights is a whole number from ${limits.retainedHeightsMin} on, ` +
    '--keep-days one from 1 on';
  throw new CodedError('REQUEST_INVALID', message);
}

function keptText({ stateHeights, stateDays }: Retention): string {
  const heights = stateHeights === undefined ? [] : [`${stateHeights} heights`];
  const days = stateDays === undefined ? [] : [`${stateDays} days`];
  return [...heights, ...days].join(' and ');
}
