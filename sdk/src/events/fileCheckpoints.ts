import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { cursorFromText } from '@triflow/api/routes';
import { z } from 'zod';
import { TriflowError } from '../errors/triflowError.js';
import { jsonOf } from '../transports/readProblem.js';
import type { CheckpointStore } from './checkpoints.js';

const fileSchema = z.strictObject({
  format: z.literal('triflow/checkpoint/1'),
  cursor: z.string(),
});

/** Keeps the cursor in a file that is replaced as a whole: a crash leaves the old or the new. */
export function fileCheckpoints(path: string): CheckpointStore {
  let last = Promise.resolve();
  return {
    load: () => load(path),
    save: (cursor) => {
      last = last.catch(() => undefined).then(() => replace(path, cursor));
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

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
