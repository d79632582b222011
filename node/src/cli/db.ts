import { join, resolve } from 'node:path';
import { CodedError, isValidatorId } from '@triflow/protocol';
import {
  createLedgerStore,
  lockDataDirectory,
  openLevelStore,
  openStoreCopy,
} from '@triflow/storage';
import { Command } from 'commander';
import { compactStore } from '../compactStore.js';
import { loadConfig, loadGenesis } from '../config.js';
import { diagnoseData } from '../recovery/diagnoseData.js';
import { compactedText, type DbOptions, dataFolder, kib, noDatabase } from './dbParts.js';
import { prune } from './dbPrune.js';
import { print, remark, tableLines } from './output.js';
import { createProgress } from './progress.js';

/** `triflow db`: the database of a node that is stopped. */
export function dbCommand(): Command {
  const db = new Command('db').description('the database of a node that is stopped');
  homed(db.command('stats')).description('what it holds, and how large').action(stats);
  homed(db.command('check'))
    .description('read every record, certificate and index; changes nothing')
    .action(check);
  homed(db.command('compact'))
    .description('give room of replaced records back to the disk')
    .action(compact);
  homed(db.command('prune'))
    .description('give up the state of old heights; blocks, certificates and evidence stay')
    .option('--keep-heights <n>', 'newest heights whose state is kept')
    .option('--keep-days <n>', 'days before the newest block whose state is kept')
    .option('--yes', 'do not ask: what is given up can only be computed from the blocks again')
    .action(prune);
  return db;
}

function homed(command: Command): Command {
  return command
    .option('--home <dir>', 'the node’s home', '.')
    .option('--quiet', 'say nothing but errors')
    .option('--json', 'answer as JSON');
}

async function stats(options: DbOptions): Promise<void> {
  const data = await dataFolder(resolve(options.home));
  const lock = await lockDataDirectory(data);
  try {
    const copy = await openStoreCopy(join(data, 'db'));
    if (copy === undefined) throw noDatabase(data);
    try {
      const store = await createLedgerStore(copy.store);
      const { bytes } = await store.stats();
      const height = store.head()?.height ?? null;
      const rows = Object.entries(bytes).map(([name, size]) => [name, `${kib(size)} KiB`]);
      const lines = [`height ${height ?? '-'}`, ...tableLines(['records', 'about'], rows)];
      print(options, { data, height, bytes }, lines);
    } finally {
      await copy.close();
    }
  } finally {
    await lock.release();
  }
}

/** STORE_CORRUPT when something is damaged; the doctor says more of what surrounds it. */
async function check(options: DbOptions): Promise<void> {
  const home = resolve(options.home);
  const { node } = await loadConfig(home, { insecureHttp: true });
  const genesis = await loadGenesis(join(home, node.genesis));
  const { validator } = node;
  const self = validator !== undefined && isValidatorId(validator) ? validator : null;
  remark(options, 'reading every record ...');
  const found = await diagnoseData(await dataFolder(home), { genesis, self });
  print(options, found, [
    `height ${found.head ?? '-'}, ${found.damagedRecords} damaged records`,
    ...tableLines(['records', 'count'], Object.entries(found.records)),
    ...found.findings.flatMap(({ severity, what, next }) => [
      `${severity}: ${what}`,
      `  next: ${next}`,
    ]),
  ]);
  const [worst] = found.findings.filter(({ severity }) => severity !== 'note');
  if (worst !== undefined) throw new CodedError('STORE_CORRUPT', worst.what);
}

async function compact(options: DbOptions): Promise<void> {
  const data = await dataFolder(resolve(options.home));
  const lock = await lockDataDirectory(data);
  const progress = createProgress(options, 'kinds of records');
  try {
    const store = await openLevelStore(join(data, 'db'));
    try {
      const done = await compactStore(store, progress.at);
      progress.end();
      print(options, { data, ...done }, [compactedText(done)]);
    } finally {
      await store.close();
    }
  } finally {
    await lock.release();
  }
}
