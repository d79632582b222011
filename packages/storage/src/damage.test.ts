import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCodedError } from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleBytes, sampleCommit, sampleHash } from './commitSamples.js';
import { createLedgerStore, type LedgerStore } from './ledgerStore.js';
import { openLevelStore } from './levelStore.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';
import { verifyRecords } from './verifyRecords.js';

const HEIGHTS = 7;
/** Makes LevelDB's log span several of its 32 KiB blocks. */
const PADDING_BYTES = 20_000;

describe('a store in memory', () => {
  it('notices every damaged record: read, listed or verified', async () => {
    const whole = await writtenDisk();
    expect(Object.keys(await verifyRecords(createMemoryStore(whole))).length).toBeGreaterThan(12);
    for (const [key, value] of whole.entries()) {
      for (let at = 0; at < value.length; at += 1) {
        const disk = await copyOf(whole);
        disk.damage(key, value.with(at, (value[at] ?? 0) ^ 0x40));
        const store = createMemoryStore(disk);
        await expect(verifyRecords(store)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
        await store.close();
        if (at % 16 !== 0) continue;
        expect([key, await readsAs(disk)]).toEqual([key, 'STORE_CORRUPT']);
      }
    }
  });

  it('notices records that changed places', async () => {
    const whole = await writtenDisk();
    const entries = whole.entries();
    for (const [i, [key]] of entries.entries()) {
      const [, other] = entries[(i + 1) % entries.length] ?? [];
      const disk = await copyOf(whole);
      disk.damage(key, other);
      expect([key, await readsAs(disk)]).toEqual([key, 'STORE_CORRUPT']);
    }
  });

  it('answers as one that wrote the same blocks: its contents depend on nothing else', async () => {
    const once = (await writtenDisk()).entries();
    const disk = new MemoryDisk();
    for (let height = 0; height < HEIGHTS; height += 1) {
      const store = await createLedgerStore(createMemoryStore(disk), { stateCacheBytesMax: 0 });
      await store.commitBlock(blockOf(height));
      await store.close();
    }
    expect(disk.entries()).toEqual(once);
  });

  it('is as before or as after when the process dies at any write', async () => {
    for (let batch = 0; batch <= HEIGHTS; batch += 1) {
      const disk = new MemoryDisk();
      disk.onWrite = (index) => (index === batch ? 'fail' : 'none');
      await expect(commitAll(disk)).rejects.toMatchObject({ code: 'STORE_FULL' });
      disk.onWrite = undefined;
      disk.crash(0);
      await expectWhole(await createLedgerStore(createMemoryStore(disk)), Math.max(-1, batch - 2));
    }
  });
});

describe('a store in LevelDB', () => {
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-damage-'));
    path = join(dir, 'db');
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('opens as an earlier whole state or not at all when its log is cut', async () => {
    const log = await writtenLog();
    const { length } = await readFile(join(path, log));
    const heads = new Set<number>();
    for (let kept = 0; kept <= length; kept += Math.ceil(length / 25)) {
      const copy = await copyOfStore(`cut-${kept}`);
      await truncate(join(copy, log), kept);
      const store = await createLedgerStore(await openLevelStore(copy));
      heads.add(store.head()?.height ?? -1);
      await expectWhole(store, store.head()?.height ?? -1);
      await store.close();
    }
    expect(heads.size).toBeGreaterThan(2);
  });

  it('opens as an earlier whole state or not at all when bytes of its log are wrong', async () => {
    const log = await writtenLog();
    const bytes = new Uint8Array(await readFile(join(path, log)));
    const outcomes = new Set<string>();
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 25)) {
      const copy = await copyOfStore(`flip-${at}`);
      await writeFile(join(copy, log), bytes.with(at, (bytes[at] ?? 0) ^ 0x01));
      outcomes.add(await openedAs(copy));
    }
    expect(outcomes.has('STORE_CORRUPT')).toBe(true);
  });

  it('keeps whole blocks only when the process is killed between any two of them', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', COMMIT_FOR_EVER, path]);
    const errors: string[] = [];
    child.stderr.on('data', (text) => errors.push(String(text)));
    let last = -1;
    const exited = once(child, 'exit');
    for await (const line of child.stdout) {
      last = Number(String(line).trim().split('\n').at(-1));
      if (last >= 40) break;
    }
    child.kill('SIGKILL');
    await exited;
    expect(last, errors.join('')).toBeGreaterThanOrEqual(40);
    const store = await createLedgerStore(await openLevelStore(path));
    const head = store.head()?.height ?? -1;
    expect(head).toBeGreaterThanOrEqual(last);
    for (let height = 0; height <= head; height += 1) {
      expect(await store.getStateAt('a/t/counter', height)).toEqual(Uint8Array.of(height & 0xff));
    }
    await store.close();
  });

  /** The name of LevelDB's own log, which holds everything while it is small. */
  async function writtenLog(): Promise<string> {
    const store = await createLedgerStore(await openLevelStore(path));
    for (let height = 0; height < HEIGHTS; height += 1) {
      await store.commitBlock(blockOf(height, PADDING_BYTES));
    }
    await store.close();
    const names = await readdir(path);
    return names.find((name) => name.endsWith('.log')) ?? '';
  }

  async function copyOfStore(name: string): Promise<string> {
    const copy = join(dir, name);
    await cp(path, copy, { recursive: true });
    return copy;
  }

  async function openedAs(copy: string): Promise<string> {
    try {
      const store = await createLedgerStore(await openLevelStore(copy));
      await expectWhole(store, store.head()?.height ?? -1);
      await store.close();
      return 'whole';
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE_CORRUPT' });
      return 'STORE_CORRUPT';
    }
  }
});

/** Commits blocks as fast as it can and says each height when it is durable. */
const COMMIT_FOR_EVER = `
import { createLedgerStore, openLevelStore } from ${JSON.stringify(
  new URL('../dist/index.js', import.meta.url).href,
)};
import { sampleCommit } from ${JSON.stringify(
  new URL('../dist/commitSamples.js', import.meta.url).href,
)};
const store = await createLedgerStore(await openLevelStore(process.argv[1]));
for (let height = 0; ; height += 1) {
  const stateWrites = [{ key: 'a/t/counter', value: Uint8Array.of(height & 0xff) }];
  await store.commitBlock(sampleCommit(height, { stateWrites }));
  process.stdout.write(height + '\\n');
}
`;

/** One record under every prefix after a few heights. */
function blockOf(height: number, paddingBytes = 1) {
  const value = Uint8Array.of(height);
  const leaf = new Uint8Array(32).fill(height);
  return sampleCommit(height, {
    stateWrites: [
      { key: 'a/t/counter', value },
      { key: `a/t/${height}`, value },
      { key: `padding/${height}`, value: new Uint8Array(paddingBytes).fill(height) },
    ],
    buckets: [{ index: height % 3, leaf, entries: new Uint8Array(64).fill(height) }],
    indexChanges: [
      { key: `a/t/i/${height}`, put: true },
      { key: `a/t/i/${height - 1}`, put: false },
    ],
  });
}

async function commitAll(disk: MemoryDisk): Promise<void> {
  const store = await createLedgerStore(createMemoryStore(disk));
  for (let height = 0; height < HEIGHTS; height += 1) await store.commitBlock(blockOf(height));
}

async function writtenDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await commitAll(disk);
  disk.crash(0);
  return disk;
}

async function copyOf(disk: MemoryDisk): Promise<MemoryDisk> {
  const copy = new MemoryDisk();
  for (const [key, value] of disk.entries()) copy.damage(key, value);
  return copy;
}

/** Everything at the head and at every height is what the blocks up to the head wrote. */
async function expectWhole(store: LedgerStore, head: number): Promise<void> {
  expect(store.head()?.height ?? -1).toBe(head);
  for (let height = 0; height <= head; height += 1) {
    expect(await store.getBlock(height)).toEqual(sampleBytes('block', height));
    expect(await store.getHeader(height)).toEqual(sampleBytes('header', height));
    expect(await store.getUndo(height)).toEqual(sampleBytes('undo', height));
    expect(await store.getResults(height)).toEqual([sampleBytes('result', height)]);
    expect((await store.getCertificate(height))?.length === 0).toBe(height === 0);
    const place = await store.findTransaction(sampleHash(height, 1));
    expect(place).toEqual({ height, index: 0 });
    expect(await store.getStateAt('a/t/counter', height)).toEqual(Uint8Array.of(height));
    const options = { prefix: 'a/t/i/', limit: 100, height };
    expect(await store.listIndex(options)).toEqual([`a/t/i/${height}`]);
    expect(await store.listState({ ...options, prefix: 'a/' })).toHaveLength(height + 2);
    const padding = await store.listState({ ...options, prefix: 'padding/' });
    expect(padding.map(({ value }) => value[0])).toEqual([...padding.keys()]);
    expect(padding).toHaveLength(height + 1);
  }
  expect(store.getState('a/t/counter')).toEqual(head < 0 ? undefined : Uint8Array.of(head));
  let leaves = 0;
  for await (const { index, leaf } of store.bucketLeaves()) {
    leaves += 1;
    expect(store.getBucket(index)?.[0]).toBe(leaf[0]);
  }
  expect(leaves).toBe(Math.min(3, head + 1));
  let expiring = 0;
  for await (const { txId, validUntilHeight } of store.expiryList()) {
    expiring += 1;
    expect(txId).toBe(sampleHash(validUntilHeight - 5, 1));
  }
  expect(expiring).toBe(Math.min(5, head + 1));
  if (head >= 0) expect(await store.meta.get('storeFormat')).toBeDefined();
}

async function readsAs(disk: MemoryDisk): Promise<string> {
  try {
    await expectWhole(await createLedgerStore(createMemoryStore(disk)), HEIGHTS - 1);
    return 'whole';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}
