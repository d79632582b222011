import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { storeFull, storeLocked, systemCode } from './storeErrors.js';

const LOCK_NAME = 'node.pid';
/** A loser of a race looks again so often before it reports the winner. */
const ATTEMPTS_MAX = 5;
/** Field 22 of /proc/<pid>/stat, counted behind the name, which may hold anything. */
const START_TIME_FIELD = 19;

export interface DirectoryLock {
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  /** When that process started and in which boot, where the system tells; else empty. */
  readonly birth: string;
}

/** Locks this very process holds: its own pid in a file may be left from an earlier life. */
const held = new Set<string>();

/**
 * Takes the exclusive lock of a data directory (P13): a file with our pid, made in one step. A
 * living owner gives STORE_LOCKED with its pid; the file of a dead one is taken over. The store's
 * own lock stands behind this one, so a mistake here costs a message, not data.
 */
export async function lockDataDirectory(dir: string): Promise<DirectoryLock> {
  const path = join(resolve(dir), LOCK_NAME);
  if (held.has(path)) throw storeLocked(dir, process.pid);
  held.add(path);
  try {
    await mkdir(dir, { recursive: true });
    await acquire(dir, path);
  } catch (error) {
    held.delete(path);
    throw systemCode(error)?.startsWith('STORE_') ? error : storeFull(`locking ${dir}`, error);
  }
  return {
    async release() {
      if (held.delete(path)) await rm(path, { force: true });
    },
  };
}

/** The living process that holds a data directory; only looks. */
export async function directoryOwner(dir: string): Promise<number | undefined> {
  const text = await readIfThere(join(resolve(dir), LOCK_NAME));
  const owner = text === undefined ? undefined : ownerFrom(text);
  if (owner === undefined) return undefined;
  const me: Owner = { pid: process.pid, birth: await birthOf(process.pid) };
  return (await isAlive(owner, me)) ? owner.pid : undefined;
}

async function acquire(dir: string, path: string): Promise<void> {
  const mine = `${path}.${process.pid}`;
  const me: Owner = { pid: process.pid, birth: await birthOf(process.pid) };
  await writeFile(mine, `${me.pid} ${me.birth}\n`);
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      if (await linked(mine, path)) return;
      const text = await readIfThere(path);
      if (text === undefined) continue;
      const owner = ownerFrom(text);
      if (owner !== undefined && (await isAlive(owner, me))) throw storeLocked(dir, owner.pid);
      await removeDead(path, text);
    }
    throw storeLocked(dir, undefined);
  } finally {
    await rm(mine, { force: true });
  }
}

/** A hard link appears whole or not at all, and never over another. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead owner's file away; if another one has just come in its place, puts that back. */
async function removeDead(path: string, text: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readIfThere(aside)) !== text) await linked(aside, path);
  await rm(aside, { force: true });
}

function ownerFrom(text: string): Owner | undefined {
  const match = /^(\d{1,10}) (.*)\n$/.exec(text);
  if (match === null) return undefined;
  return { pid: Number(match[1]), birth: match[2] ?? '' };
}

/** A pid is used again after a restart of the machine or container, so its birth must agree. */
async function isAlive(owner: Owner, me: Owner): Promise<boolean> {
  if (owner.pid === me.pid) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const birth = await birthOf(owner.pid);
  return owner.birth === '' || birth === '' || owner.birth === birth;
}

async function birthOf(pid: number): Promise<string> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  const boot = await readIfThere('/proc/sys/kernel/random/boot_id');
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD];
  return started === undefined || boot === undefined ? '' : `${boot.trim()}/${started}`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'ESRCH') {
      return undefined;
    }
    throw error;
  }
}
