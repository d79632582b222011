import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeKeyValueStore } from './conformance.js';
import { openLevelStore } from './levelStore.js';

describeKeyValueStore('LevelDB', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'triflow-level-'));
  return {
    open: () => openLevelStore(join(dir, 'db')),
    destroy: () => rm(dir, { recursive: true }),
  };
});

describe('a LevelDB store', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-level-'));
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('writes its pid beside the database while it is open', async () => {
    const store = await openLevelStore(join(dir, 'db'));
    expect(await readFile(join(dir, 'db.pid'), 'utf8')).toBe(`${process.pid}\n`);
    await store.close();
    await expect(readFile(join(dir, 'db.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that the owner is unknown when the pid file is gone', async () => {
    const store = await openLevelStore(join(dir, 'db'));
    await rm(join(dir, 'db.pid'));
    await expect(openLevelStore(join(dir, 'db'))).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: 'the node is running (pid unknown); use --node or stop it',
    });
    await store.close();
  });

  it('names a damaged database STORE_CORRUPT and starts no empty one in its place', async () => {
    const damages: ((path: string, names: string[]) => Promise<void>)[] = [
      (path) => writeFile(join(path, 'CURRENT'), 'MANIFEST-999999\n'),
      (path) => writeFile(join(path, 'CURRENT'), 'garbage'),
      (path) => rm(join(path, 'CURRENT')),
      (path, names) => rm(join(path, nameLike(names, /^MANIFEST/))),
      (path, names) => writeFile(join(path, nameLike(names, /^MANIFEST/)), ''),
      (path, names) => rm(join(path, nameLike(names, /\.ldb$/))),
    ];
    for (const [i, damage] of damages.entries()) {
      const path = join(dir, `db-${i}`);
      const store = await openLevelStore(path);
      const key = Uint8Array.of(1);
      await store.write([{ kind: 'put', key, value: new Uint8Array(100) }], { sync: true });
      await store.close();
      // The second opening moves the entry from the engine's log into a table.
      await (await openLevelStore(path)).close();
      await damage(path, await readdir(path));
      await expect(openLevelStore(path)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    }
  });

  it('names a disk that refuses STORE_FULL', async () => {
    const path = join(dir, 'file');
    await writeFile(path, 'not a directory');
    await expect(openLevelStore(path)).rejects.toMatchObject({ code: 'STORE_FULL' });
  });

  it('knows roughly how much it holds', async () => {
    const store = await openLevelStore(join(dir, 'db'), { writeBufferBytes: 64 * 1024 });
    const value = new Uint8Array(1_000).map((_, i) => (i * i) % 251);
    for (let i = 0; i < 500; i += 1) {
      const key = Uint8Array.of(1, i >> 8, i & 0xff);
      await store.write([{ kind: 'put', key, value }], { sync: false });
    }
    const bytes = await store.approximateBytes(Uint8Array.of(1), Uint8Array.of(2));
    expect(bytes).toBeGreaterThan(1_000);
    expect(await store.approximateBytes(Uint8Array.of(2), Uint8Array.of(3))).toBe(0);
    await store.close();
  });
});

function nameLike(names: readonly string[], pattern: RegExp): string {
  const name = names.find((candidate) => pattern.test(candidate));
  expect(name).toBeDefined();
  return name ?? '';
}
