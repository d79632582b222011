import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The kernel counts processor time in hundredths of a second wherever Node runs. */
const TICK_MS = 10;
const KIB = 1_024;

/** Processor time of a process, all threads, in milliseconds; undefined outside Linux. */
export async function processorMs(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name in parentheses may hold spaces; utime and stime are the 12th and 13th word behind it.
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(words[11]) + Number(words[12])) * TICK_MS;
}

/**
 * Memory of a process in bytes; undefined outside Linux. Its own, without the pages of database
 * files that the kernel lends it and takes back.
 */
export async function memoryOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  const match = text === undefined ? undefined : /^RssAnon:\s+(\d+) kB$/m.exec(text);
  return match == null ? undefined : Number(match[1]) * KIB;
}

/** Bytes of all files under a folder. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(path);
    // A compaction may have deleted it in between.
    else bytes += (await stat(path).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}
