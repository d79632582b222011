import { readFile, rename, writeFile } from 'node:fs/promises';

/** Writes a file so that a reader sees the old text or the new one, never a part. */
export async function replaceFile(path: string, text: string, mode = 0o644): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  await writeFile(aside, text, { mode });
  await rename(aside, path);
}

/** A file's text, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
