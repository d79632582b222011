import { copyFile, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { genesisHashOf } from '@triflow/crypto';
import { CodedError, type Genesis } from '@triflow/protocol';
import { createLedgerStore, openStoreCopy } from '@triflow/storage';
import { z } from 'zod';
import { diagnoseLedger } from '../recovery/diagnoseData.js';

const MANIFEST = 'backup.json';
const DATABASE = 'db';
/** The engine's own lock and diary. */
const LEFT_OUT = /^(LOCK|LOG|LOG\.old)$/;

const manifestSchema = z.strictObject({
  format: z.literal('triflow/backup/1'),
  chainId: z.string(),
  genesisHash: z.string(),
  height: z.number().int().min(0),
  blockId: z.string(),
  madeAt: z.string(),
});

export type BackupManifest = z.infer<typeof manifestSchema>;

/**
 * Copies the database of a stopped node, whose lock the caller holds, into a new folder. Neither
 * keys nor the consensus log come along: a sign state that is put back later than it was taken
 * would let the validator sign twice (P11).
 */
export async function createBackup(
  data: string,
  out: string,
  parts: {
    readonly genesis: Genesis;
    readonly madeAt: string;
    readonly onFile: (at: number, of: number) => void;
  },
): Promise<BackupManifest> {
  const { genesis, madeAt, onFile } = parts;
  await headOf(join(data, DATABASE), genesis);
  await makeFolder(out);
  await copyDatabase(join(data, DATABASE), join(out, DATABASE), onFile);
  return writeManifest(out, { genesis, madeAt });
}

/** Makes the new folder of a backup, for its owner alone. REQUEST_INVALID when it is there. */
export async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { mode: 0o700 });
  } catch (cause) {
    const message = `${out} cannot be made, or is there already; nothing was changed`;
    throw new CodedError('REQUEST_INVALID', message, { cause });
  }
}

/** Says beside a copied database what it holds; written last, so that half a copy is no backup. */
export async function writeManifest(
  out: string,
  { genesis, madeAt }: { readonly genesis: Genesis; readonly madeAt: string },
): Promise<BackupManifest> {
  const head = await headOf(join(out, DATABASE), genesis);
  const manifest: BackupManifest = {
    format: 'triflow/backup/1',
    chainId: genesis.chainId,
    genesisHash: genesisHashOf(genesis),
    ...head,
    madeAt,
  };
  await writeFile(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
  return manifest;
}

/** Puts a backup's database where a home has none; the node then begins without a sign state. */
export async function restoreBackup(
  backup: string,
  data: string,
  onFile: (at: number, of: number) => void,
): Promise<void> {
  for (const name of [DATABASE, 'consensus']) {
    if ((await stat(join(data, name)).catch(() => undefined)) === undefined) continue;
    const message = `${join(data, name)} is there: put it aside first; nothing was changed`;
    throw new CodedError('REQUEST_INVALID', message);
  }
  await mkdir(data, { recursive: true });
  await copyDatabase(join(backup, DATABASE), join(data, DATABASE), onFile);
}

/** What a backup says of itself. STORE_CORRUPT for a folder that is none. */
async function readManifest(backup: string, genesis: Genesis): Promise<BackupManifest> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(join(backup, MANIFEST), 'utf8'));
  } catch (cause) {
    throw new CodedError('STORE_CORRUPT', `${backup} is no backup: ${MANIFEST} cannot be read`, {
      cause,
    });
  }
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) throw new CodedError('STORE_CORRUPT', `${backup}: ${MANIFEST} is damaged`);
  if (parsed.data.genesisHash === genesisHashOf(genesis)) return parsed.data;
  const message = `the backup is of chain ${parsed.data.chainId}, whose genesis is another`;
  throw new CodedError('GENESIS_MISMATCH', message);
}

/**
 * Looks at all of a backup before it is used: every record, certificate and index, and that it ends
 * where it says. STORE_CORRUPT naming what is damaged, GENESIS_MISMATCH.
 */
export async function checkBackup(backup: string, genesis: Genesis): Promise<BackupManifest> {
  const manifest = await readManifest(backup, genesis);
  const { height, blockId } = await headOf(join(backup, DATABASE), genesis);
  if (height !== manifest.height || blockId !== manifest.blockId) {
    throw new CodedError('STORE_CORRUPT', 'the backup ends with another block than it says');
  }
  const copy = await openStoreCopy(join(backup, DATABASE));
  if (copy === undefined) throw new CodedError('STORE_CORRUPT', `${backup} holds no database`);
  try {
    const [worst] = await diagnoseLedger(copy.store, { genesis, self: null });
    if (worst === undefined) return manifest;
    throw new CodedError('STORE_CORRUPT', `the backup is damaged: ${worst.what}`, {
      details: { next: 'use another backup; or start with none: the node fetches the chain' },
    });
  } finally {
    await copy.close();
  }
}

async function headOf(
  path: string,
  genesis: Genesis,
): Promise<{ readonly height: number; readonly blockId: string }> {
  const copy = await openStoreCopy(path);
  if (copy === undefined) throw new CodedError('STORE_CORRUPT', `there is no database at ${path}`);
  try {
    const store = await createLedgerStore(copy.store);
    const head = store.head();
    if (head === undefined) throw new CodedError('STORE_CORRUPT', `the database ${path} is empty`);
    const found = await store.meta.get('genesisHash');
    const hash = found === undefined ? '' : Buffer.from(found).toString('hex');
    if (hash === genesisHashOf(genesis)) return head;
    throw new CodedError('GENESIS_MISMATCH', 'the data folder belongs to another genesis');
  } finally {
    await copy.close();
  }
}

async function copyDatabase(
  from: string,
  to: string,
  onFile: (at: number, of: number) => void,
): Promise<void> {
  const names = (await readdir(from)).filter((name) => !LEFT_OUT.test(name));
  await mkdir(to, { recursive: true });
  for (const [at, name] of names.entries()) {
    onFile(at, names.length);
    await copyFile(join(from, name), join(to, name));
    await synced(join(to, name));
  }
  await synced(to);
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
