import { join, resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { createLedgerStore, lockDataDirectory, openStoreCopy } from '@triflow/storage';
import { Command } from 'commander';
import {
  type BackupManifest,
  checkBackup,
  createBackup,
  restoreBackup,
} from '../backup/backupFolder.js';
import { replayBlocks } from '../backup/replayBlocks.js';
import { loadConfig, loadGenesis } from '../config.js';
import { SignaturePool } from '../signaturePool.js';
import { dataFolder } from './dbParts.js';
import { type OutputOptions, print } from './output.js';
import { createProgress } from './progress.js';

interface CreateOptions extends OutputOptions {
  readonly home: string;
  readonly out: string;
}

interface VerifyOptions extends OutputOptions {
  readonly trust: string;
}

interface RestoreOptions extends OutputOptions {
  readonly home: string;
}

/** `triflow backup`: the chain of a stopped node; never its keys, never what it has signed. */
export function backupCommand(): Command {
  const backup = new Command('backup').description('the chain of a stopped node, without its keys');
  common(backup.command('create'))
    .description('copy the database into a new folder')
    .option('--home <dir>', 'the node’s home', '.')
    .requiredOption('--out <folder>', 'the new folder')
    .action(create);
  common(backup.command('verify'))
    .description('replay it from the genesis: every signature, every root')
    .argument('<folder>')
    .requiredOption('--trust <genesis>', 'the genesis document that you trust')
    .action(verify);
  common(backup.command('restore'))
    .description(
      'look at all of it, then put it into a home that has no data; a validator then begins in quarantine',
    )
    .argument('<folder>')
    .option('--home <dir>', 'the node’s home', '.')
    .action(restore);
  return backup;
}

function common(command: Command): Command {
  return command.option('--quiet', 'say nothing but errors').option('--json', 'answer as JSON');
}

async function create(options: CreateOptions): Promise<void> {
  const home = resolve(options.home);
  const { node } = await loadConfig(home, { insecureHttp: true });
  const genesis = await loadGenesis(join(home, node.genesis));
  const data = await dataFolder(home);
  const lock = await lockDataDirectory(data);
  const progress = createProgress(options, 'files');
  try {
    const out = resolve(options.out);
    const madeAt = new Date().toISOString();
    const made = await createBackup(data, out, { genesis, madeAt, onFile: progress.at });
    progress.end();
    print(options, { out, ...made }, [
      ...linesOf(made),
      `in ${out}, without keys and sign state`,
      `next: triflow backup verify ${out} --trust ${node.genesis}`,
    ]);
  } finally {
    await lock.release();
  }
}

async function verify(folder: string, options: VerifyOptions): Promise<void> {
  const genesis = await loadGenesis(options.trust);
  const manifest = await checkBackup(folder, genesis);
  const copy = await openStoreCopy(join(folder, 'db'));
  if (copy === undefined) throw new CodedError('STORE_CORRUPT', `${folder} holds no database`);
  const verifier = new SignaturePool();
  const progress = createProgress(options, 'blocks');
  try {
    const store = await createLedgerStore(copy.store);
    const replayed = await replayBlocks(store, genesis, { verifier, onHeight: progress.at });
    progress.end();
    const text = `${replayed.height} blocks replayed from the genesis: every signature and root fits`;
    print(options, { folder, ...manifest, replayed: replayed.height }, [
      ...linesOf(manifest),
      text,
    ]);
  } finally {
    await verifier.stop();
    await copy.close();
  }
}

async function restore(folder: string, options: RestoreOptions): Promise<void> {
  const home = resolve(options.home);
  const { node } = await loadConfig(home, { insecureHttp: true });
  const genesis = await loadGenesis(join(home, node.genesis));
  const manifest = await checkBackup(folder, genesis);
  const data = await dataFolder(home);
  const lock = await lockDataDirectory(data);
  const progress = createProgress(options, 'files');
  try {
    await restoreBackup(folder, data, progress.at);
    progress.end();
  } finally {
    await lock.release();
  }
  const next =
    node.validator === undefined
      ? `triflow start --home ${home}: it catches up`
      : `triflow start --home ${home}: quarantined at first, it signs when that is safe`;
  print(options, { home, ...manifest, next }, [...linesOf(manifest), `next: ${next}`]);
}

function linesOf({ chainId, height, blockId, madeAt }: BackupManifest): string[] {
  return [`chain ${chainId}, height ${height}, block ${blockId}`, `made ${madeAt}`];
}
