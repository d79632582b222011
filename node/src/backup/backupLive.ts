import { join } from 'node:path';
import type { Genesis } from '@triflow/protocol';
import { type LevelStore, openLevelStore } from '@triflow/storage';
import { type BackupManifest, makeFolder, writeManifest } from './backupFolder.js';

const EVERYTHING = { from: new Uint8Array(), to: Uint8Array.of(0xff, 0xff) };
const BATCH_BYTES = 4 * 1_024 * 1_024;

/**
 * Copies the database of a running node into a new folder: one pass over the store sees all of it
 * as it stood at one moment, between two blocks. As with a stopped node, neither keys nor sign
 * state come along.
 */
export async function backupLive(
  store: LevelStore,
  out: string,
  parts: { readonly genesis: Genesis; readonly madeAt: string },
): Promise<BackupManifest> {
  await makeFolder(out);
  const copy = await openLevelStore(join(out, 'db'));
  try {
    let batch: { kind: 'put'; key: Uint8Array; value: Uint8Array }[] = [];
    let bytes = 0;
    for await (const [key, value] of store.range(EVERYTHING)) {
      batch.push({ kind: 'put', key, value });
      bytes += key.length + value.length;
      if (bytes < BATCH_BYTES) continue;
      await copy.write(batch, { sync: false });
      batch = [];
      bytes = 0;
    }
    await copy.write(batch, { sync: true });
  } finally {
    await copy.close();
  }
  return writeManifest(out, parts);
}
