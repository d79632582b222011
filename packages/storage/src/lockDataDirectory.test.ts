import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDirectory } from './lockDataDirectory.js';

describe('P13: the lock of a data directory', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-lock-'));
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('is held by one, makes the directory, and leaves nothing behind', async () => {
    const data = join(dir, 'not', 'there', 'yet');
    for (let time = 0; time < 2; time += 1) {
      const lock = await lockDataDirectory(data);
      expect(await readdir(data)).toEqual(['node.pid']);
      expect(await readFile(join(data, 'node.pid'), 'utf8')).toMatch(`${process.pid} `);
      await expect(lockDataDirectory(data)).rejects.toMatchObject({
        code: 'STORE_LOCKED',
        message: `the node is running (pid ${process.pid}); use --node or stop it`,
      });
      await lock.release();
      await lock.release();
      expect(await readdir(data)).toEqual([]);
    }
  });

  it('names the pid of another living process, and is taken over when that is dead', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = other.pid ?? 0;
    await writeFile(join(dir, 'node.pid'), `${pid} \n`);
    await expect(lockDataDirectory(dir)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      details: { pid },
    });
    const gone = once(other, 'exit');
    other.kill('SIGKILL');
    await gone;
    const lock = await lockDataDirectory(dir);
    expect(await readdir(dir)).toEqual(['node.pid']);
    await lock.release();
  });

  it('is taken over when its pid now belongs to a process born later, or to this one', async () => {
    for (const text of [`${process.ppid} another-boot/1\n`, `${process.pid} x/1\n`]) {
      await writeFile(join(dir, 'node.pid'), text);
      const lock = await lockDataDirectory(dir);
      expect(await readFile(join(dir, 'node.pid'), 'utf8')).not.toBe(text);
      await lock.release();
    }
  });

  it('is taken over from a file without a pid in it', async () => {
    for (const text of ['', 'garbage', '-1 \n', '99999999999999 \n']) {
      await writeFile(join(dir, 'node.pid'), text);
      const lock = await lockDataDirectory(dir);
      await lock.release();
    }
  });

  it('goes to one of many that find it dead at the same time', async () => {
    await writeFile(join(dir, 'node.pid'), 'garbage');
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => lockDataDirectory(dir)),
    );
    const locks = results.filter((result) => result.status === 'fulfilled');
    expect(locks).toHaveLength(1);
    await locks[0]?.value.release();
  });

  it('says what the disk says when the directory cannot be made', async () => {
    await writeFile(join(dir, 'file'), '');
    const locking = lockDataDirectory(join(dir, 'file', 'below'));
    await expect(locking).rejects.toMatchObject({ code: 'STORE_FULL' });
    await expect(lockDataDirectory(join(dir, 'file'))).rejects.toMatchObject({
      code: 'STORE_FULL',
    });
  });
});
