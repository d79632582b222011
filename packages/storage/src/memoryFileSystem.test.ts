import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileSystem, nodeFileSystem } from './fileSystem.js';
import { MemoryFileSystem } from './memoryFileSystem.js';

const keepNothing = () => 0;

describe('the two file systems', () => {
  it('answer alike', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'triflow-files-'));
    const answers = [];
    for (const fs of [new MemoryFileSystem(), nodeFileSystem]) {
      answers.push(await exercise(fs, join(dir, 'a', 'b')));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(await nodeFileSystem.freeBytes(dir)).toBeGreaterThan(0);
    await rm(dir, { recursive: true });
  });

  it('refuse to open a file that is not there', async () => {
    for (const fs of [new MemoryFileSystem(), nodeFileSystem]) {
      const opening = fs.open('/nowhere/at/all', 'existing');
      await expect(opening).rejects.toMatchObject({ code: 'STORE_FULL' });
      await expect(fs.rename('/nowhere/at/all', '/nowhere/else')).rejects.toMatchObject({
        code: 'STORE_FULL',
      });
    }
  });
});

describe('the memory file system', () => {
  it('loses in a crash what was not synced, contents and names', async () => {
    const fs = new MemoryFileSystem();
    const file = await fs.open('/d/a', 'create');
    await file.write(0, Uint8Array.of(1, 2, 3));
    await file.sync('data');
    await fs.syncDirectory('/d');
    await file.write(1, Uint8Array.of(9));
    await file.truncate(2);
    expect(await fs.read('/d/a')).toEqual(Uint8Array.of(1, 9));
    await fs.open('/d/b', 'create');
    await fs.rename('/d/a', '/d/c');
    fs.crash(keepNothing);
    expect(await fs.list('/d')).toEqual(['a']);
    expect(await fs.read('/d/a')).toEqual(Uint8Array.of(1, 2, 3));
    await expect(file.write(0, Uint8Array.of(1))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('does not make a name durable by syncing the file', async () => {
    const fs = new MemoryFileSystem();
    const file = await fs.open('/d/a', 'create');
    await file.write(0, Uint8Array.of(1));
    await file.sync('all');
    fs.crash(keepNothing);
    expect(await fs.list('/d')).toEqual([]);
  });

  it('may keep any sectors of an unsynced write, the others as before or zeros', async () => {
    const seen = new Set<string>();
    for (let choice = 0; choice < 8; choice += 1) {
      const fs = new MemoryFileSystem();
      const file = await fs.open('/d/a', 'create');
      await fs.syncDirectory('/d');
      await file.write(0, new Uint8Array(512).fill(1));
      await file.sync('data');
      await file.write(256, new Uint8Array(1_024).fill(2));
      const picks = [2, choice & 1, (choice >> 1) & 1, (choice >> 2) & 1];
      fs.crash((bound) => (bound === 1 ? 0 : (picks.shift() ?? 0)));
      const bytes = (await fs.read('/d/a')) ?? new Uint8Array();
      seen.add([bytes[300], bytes[600], bytes[1_100], bytes.length].join());
    }
    expect([...seen].sort()).toEqual(
      [
        '1,,,512',
        '1,0,2,1280',
        '1,2,,1024',
        '1,2,2,1280',
        '2,,,512',
        '2,0,2,1280',
        '2,2,,1024',
        '2,2,2,1280',
      ].sort(),
    );
  });

  it('copies itself with what is and is not synced', async () => {
    const fs = new MemoryFileSystem();
    const file = await fs.open('/d/a', 'create');
    await fs.syncDirectory('/d');
    await file.write(0, Uint8Array.of(1));
    await file.sync('data');
    await file.write(0, Uint8Array.of(2));
    const copy = fs.clone();
    await file.write(0, Uint8Array.of(3));
    expect(await copy.read('/d/a')).toEqual(Uint8Array.of(2));
    copy.crash(keepNothing);
    expect(await copy.read('/d/a')).toEqual(Uint8Array.of(1));
    expect(await fs.read('/d/a')).toEqual(Uint8Array.of(3));
  });

  it('runs out of room', async () => {
    const fs = new MemoryFileSystem();
    fs.capacityBytes = 10;
    const file = await fs.open('/d/a', 'create');
    await file.write(0, new Uint8Array(8));
    expect(await fs.freeBytes()).toBe(2);
    const full = { code: 'STORE_FULL' };
    await expect(file.write(8, new Uint8Array(3))).rejects.toMatchObject(full);
  });
});

/** One of everything, with what each step answers. */
async function exercise(fs: FileSystem, dir: string): Promise<unknown[]> {
  const answers: unknown[] = [await fs.list(dir), await fs.read(join(dir, 'x'))];
  await fs.createDirectory(dir);
  await fs.createDirectory(dir);
  const file = await fs.open(join(dir, 'x'), 'create');
  await file.write(0, Uint8Array.of(1, 2, 3, 4));
  await file.write(6, Uint8Array.of(7));
  answers.push(await file.read(0, 100), await file.read(2, 3), await file.read(50, 3));
  await file.truncate(3);
  await file.sync('data');
  await file.sync('all');
  await file.close();
  const again = await fs.open(join(dir, 'x'), 'create');
  answers.push(await again.read(0, 100));
  await again.close();
  await (await fs.open(join(dir, 'y'), 'truncate')).close();
  await fs.rename(join(dir, 'x'), join(dir, 'y'));
  await fs.syncDirectory(dir);
  await (await fs.open(join(dir, 'B'), 'create')).close();
  answers.push(await fs.list(dir), await fs.read(join(dir, 'y')));
  const emptied = await fs.open(join(dir, 'y'), 'truncate');
  answers.push(await emptied.read(0, 10));
  await emptied.close();
  await fs.remove(join(dir, 'y'));
  await fs.remove(join(dir, 'y'));
  answers.push(await fs.list(dir));
  return answers;
}
