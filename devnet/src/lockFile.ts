import { rm } from 'node:fs/promises';
import { CodedError, isCodedError } from '@triflow/protocol';
import { type DirectoryLock, lockDataDirectory } from '@triflow/storage';
import { z } from 'zod';
import type { DevnetHome } from './home.js';
import { readIfThere, replaceFile } from './textFile.js';

const lockSchema = z.object({
  pid: z.number().int(),
  portBase: z.number().int(),
  /** How other terminals speak to the process that owns the nodes. */
  control: z.object({ port: z.number().int(), token: z.string() }).optional(),
});

/** What `devnet.lock` says. */
export type LockText = z.infer<typeof lockSchema>;

/** Ownership of a devnet's directory. */
export interface DevnetLock {
  /** The lock file of an owner that died, if there was one. */
  readonly leftBy: LockText | undefined;
  /** Says more about the owner, for others to read. */
  describe(text: Omit<LockText, 'pid'>): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a devnet's directory. A living owner gives STORE_LOCKED, "already running (pid N)"; a dead
 * one is taken over.
 */
export async function acquireLock(home: DevnetHome): Promise<DevnetLock> {
  const guard = await lockDirectory(home);
  const { pid } = process;
  const leftBy = await readLock(home);
  const describe = (text: Omit<LockText, 'pid'>): Promise<void> => {
    return replaceFile(home.lock, `${JSON.stringify({ pid, ...text })}\n`, 0o600);
  };
  await describe({ portBase: 0 });
  return {
    leftBy,
    describe,
    release: async () => {
      await rm(home.lock, { force: true });
      await guard.release();
    },
  };
}

/** What the lock file says, whoever wrote it; undefined when there is none. */
export async function readLock(home: DevnetHome): Promise<LockText | undefined> {
  const text = await readIfThere(home.lock);
  if (text === undefined) return undefined;
  const parsed = lockSchema.safeParse(jsonFrom(text));
  return parsed.success ? parsed.data : undefined;
}

/** Whether a process with this id lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function lockDirectory(home: DevnetHome): Promise<DirectoryLock> {
  try {
    return await lockDataDirectory(home.dir);
  } catch (error) {
    if (!isCodedError(error, 'STORE_LOCKED')) throw error;
    const pid = error.details.pid ?? (await readLock(home))?.pid;
    throw new CodedError('STORE_LOCKED', `already running (pid ${pid}): ${home.dir}`, {
      details: { ...error.details, pid },
      cause: error,
    });
  }
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
