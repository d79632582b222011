import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cursorFromText } from '@triflow/api/routes';
import { z } from 'zod';
import { TriflowError } from '../errors/triflowError.js';
import { jsonOf } from '../transports/readProblem.js';
import type { CheckpointStore } from './checkpoints.js';

/** What follows the file's name while it is written. */
const LEFTOVER = /^[0-9a-f]{12}\.new$/;

const fileSchema = z.strictObject({
  format: z.literal('triflow/checkpoint/1'),
  cursor: z.string(),
});

/**
 * Keeps the cursor in a file that is replaced as a whole: a crash leaves the old or the new. One
 * consumer a file: the first save removes what a crash left beside it.
 */
export function fileCheckpoints(path: string): CheckpointStore {
  let last: Promise<void> | undefined;
  return {
    load: () => load(path),
    save: (cursor) => {
      const before = last?.catch(() => undefined) ?? removeLeftovers(path);
      last = before.then(() => replace(path, cursor));
      return last;
    },
  };
}

async function load(path: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new TriflowError('CONFIG_INVALID', `checkpoint ${path} cannot be read`, { cause });
  }
  const parsed = fileSchema.safeParse(jsonOf(bytes));
  if (parsed.success && cursorFromText(parsed.data.cursor) !== undefined) return parsed.data.cursor;
  throw new TriflowError('CONFIG_INVALID', `${path} is no checkpoint file`);
}

async function replace(path: string, cursor: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: 'triflow/checkpoint/1', cursor })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start) || !LEFTOVER.test(name.slice(start.length))) continue;
    await rm(join(folder, name), { force: true });
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
