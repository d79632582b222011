import { spawnSync } from 'node:child_process';
import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DevnetHome, openHome, purgeHome } from './home.js';
import { acquireLock, isAlive, readLock } from './lockFile.js';

const homes: DevnetHome[] = [];

async function newHome(): Promise<DevnetHome> {
  const home = await openHome(undefined);
  homes.push(home);
  return home;
}

/** A process id that was real and is gone. */
function deadPid(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return pid;
}

afterEach(async () => {
  for (const home of homes.splice(0)) await purgeHome(home);
});

describe('the lock of a devnet', () => {
  it('holds pid and port base, for its user only', async () => {
    const home = await newHome();
    const lock = await acquireLock(home);
    await lock.describe({ portBase: 7_400, control: { port: 5, token: 'secret' } });
    expect(await readLock(home)).toEqual({
      pid: process.pid,
      portBase: 7_400,
      control: { port: 5, token: 'secret' },
    });
    expect((await stat(home.lock)).mode & 0o777).toBe(0o600);
    await lock.release();
  });

  it('a living owner is named', async () => {
    const home = await newHome();
    const lock = await acquireLock(home);
    const second = acquireLock(home);
    await expect(second).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`already running (pid ${process.pid})`),
    });
    await lock.release();
  });

  it('a dead owner is taken over, and what it left is told', async () => {
    const home = await newHome();
    const pid = deadPid();
    await writeFile(join(home.dir, 'node.pid'), `${pid} \n`);
    await writeFile(home.lock, JSON.stringify({ pid, portBase: 7_440 }));
    expect(isAlive(pid)).toBe(false);
    const lock = await acquireLock(home);
    expect(lock.leftBy).toEqual({ pid, portBase: 7_440 });
    expect((await readLock(home))?.pid).toBe(process.pid);
    await lock.release();
  });

  it('is free after its release', async () => {
    const home = await newHome();
    await (await acquireLock(home)).release();
    expect(await readLock(home)).toBeUndefined();
    await (await acquireLock(home)).release();
  });

  it.each(['', '{', '{"pid":"x"}', '[]'])('a lock file with %j says nothing', async (text) => {
    const home = await newHome();
    await writeFile(home.lock, text);
    expect(await readLock(home)).toBeUndefined();
  });

  it('a purge deletes what a devnet wrote and nothing else', async () => {
    const home = await newHome();
    const foreign = join(home.dir, 'notes.txt');
    await writeFile(foreign, 'mine');
    await writeFile(home.genesis, '{}');
    await purgeHome({ ...home, temporary: false });
    expect(await readFile(foreign, 'utf8')).toBe('mine');
    await expect(access(home.genesis)).rejects.toThrow();
  });
});
