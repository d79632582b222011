import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import {
  type ConsensusLog,
  createConsensusLog,
  hasConsensusLog,
  openConsensusLog,
} from './consensusLog.js';
import { type FileSystem, nodeFileSystem } from './fileSystem.js';
import type { LogRecord } from './logRecords.js';
import { type FileOperation, MemoryFileSystem, type Pick } from './memoryFileSystem.js';

const DIR = '/data';

describe('the consensus log', () => {
  it('gives back what was appended and flushed, on real files too', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'triflow-log-'));
    for (const [fs, at] of places(dir)) {
      const log = await createConsensusLog({ fs, dir: at, height: 3, initial: [record(9)] });
      for (let i = 0; i < 20; i += 1) log.append(i, payload(i));
      await log.flush();
      log.append(20, payload(20));
      await log.close();
      const opened = await openConsensusLog({ fs, dir: at, height: 3 });
      expect(opened).toMatchObject({ height: 3, tornTail: false });
      expect(opened.damage).toBeUndefined();
      expect(typesOf(opened.records)).toEqual([9, ...Array.from({ length: 21 }, (_, i) => i)]);
      opened.log.append(21, payload(21));
      await opened.log.close();
      const again = await openConsensusLog({ fs, dir: at, height: 3 });
      expect(typesOf(again.records).slice(-2)).toEqual([20, 21]);
      await again.log.close();
    }
    await rm(dir, { recursive: true });
  });

  it('P12: has one file, for one height, replaced as a whole', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 3, initial: [] });
    log.append(1, payload(1));
    await log.flush();
    await log.rotate(4, [record(7)]);
    expect(log.height).toBe(4);
    log.append(8, payload(8));
    await log.flush();
    expect(await fs.list(DIR)).toEqual(['consensus.log']);
    const opened = await openConsensusLog({ fs, dir: DIR, height: 99 });
    expect(opened.height).toBe(4);
    expect(typesOf(opened.records)).toEqual([7, 8]);
    await expect(opened.log.rotate(3, [])).rejects.toThrow('never goes back');
  });

  it('P10: names a missing log instead of making one', async () => {
    const fs = new MemoryFileSystem();
    expect(await hasConsensusLog({ fs, dir: DIR })).toBe(false);
    const opening = openConsensusLog({ fs, dir: DIR, height: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    expect(await hasConsensusLog({ fs, dir: DIR })).toBe(true);
  });

  it('P10: cuts a torn tail off, durably, and goes on behind it', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [record(1)] });
    log.append(2, payload(2));
    await log.close();
    fs.damage(`${DIR}/consensus.log`, (bytes) => bytes.subarray(0, bytes.length - 30));
    const opened = await openConsensusLog({ fs, dir: DIR, height: 1 });
    expect(opened).toMatchObject({ tornTail: true });
    expect(typesOf(opened.records)).toEqual([1]);
    fs.crash(() => 0);
    const again = await openConsensusLog({ fs, dir: DIR, height: 1 });
    expect(again).toMatchObject({ tornTail: false });
    again.log.append(3, payload(3));
    await again.log.close();
    const last = await openConsensusLog({ fs, dir: DIR, height: 1 });
    expect(typesOf(last.records)).toEqual([1, 3]);
  });

  it('P10: a damaged log takes no records and may only be replaced', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 5, initial: [] });
    for (const type of [1, 2, 3]) {
      log.append(type, payload(type));
      await log.flush();
    }
    fs.damage(`${DIR}/consensus.log`, (bytes) => bytes.with(100, bytes.at(100) === 1 ? 2 : 1));
    const opened = await openConsensusLog({ fs, dir: DIR, height: 5 });
    expect(opened.damage).toBe('bad_record_before_good');
    const corrupt = expect.objectContaining({ code: 'STORE_CORRUPT' });
    expect(() => opened.log.append(4, payload(4))).toThrow(corrupt);
    await expect(opened.log.flush()).rejects.toEqual(corrupt);
    await opened.log.rotate(5, [record(6)]);
    opened.log.append(7, payload(7));
    await opened.log.close();
    const again = await openConsensusLog({ fs, dir: DIR, height: 5 });
    expect(typesOf(again.records)).toEqual([6, 7]);
    expect(again.damage).toBeUndefined();
  });

  it('keeps the expected height when the file head is damaged', async () => {
    const fs = new MemoryFileSystem();
    await createConsensusLog({ fs, dir: DIR, height: 5, initial: [record(1)] });
    fs.damage(`${DIR}/consensus.log`, (bytes) => bytes.with(9, 77));
    const opened = await openConsensusLog({ fs, dir: DIR, height: 6 });
    expect(opened).toMatchObject({ height: 6, damage: 'bad_file_head', records: [] });
  });

  it('writes early what would fill the memory, and orders it with the rest', async () => {
    const fs = new MemoryFileSystem();
    const writes: FileOperation[] = [];
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    fs.onOperation = (operation) => {
      writes.push(operation);
      return 'none';
    };
    const large = new Uint8Array(limits.logBufferBytesMax).fill(5);
    for (const type of [1, 2, 3]) {
      log.append(type, large);
      await hasConsensusLog({ fs, dir: DIR });
    }
    log.append(4, payload(4));
    await log.flush();
    const kinds = writes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'write').length).toBeGreaterThan(1);
    expect(kinds.filter((kind) => kind === 'sync')).toHaveLength(1);
    expect(kinds.at(-1)).toBe('sync');
    const { records } = await openConsensusLog({ fs, dir: DIR, height: 1 });
    expect(typesOf(records)).toEqual([1, 2, 3, 4]);
  });

  it('joins what waits into one write and one sync', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    const kinds: string[] = [];
    fs.onOperation = ({ kind }) => {
      kinds.push(kind);
      return 'none';
    };
    for (let type = 0; type < 10; type += 1) log.append(type, payload(type));
    await Promise.all([log.flush(), log.flush(), log.flush()]);
    await log.flush();
    expect(kinds).toEqual(['write', 'sync']);
  });

  it('refuses calls after close', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    await log.close();
    await log.close();
    const closed = expect.objectContaining({ code: 'ABORTED' });
    expect(() => log.append(1, payload(1))).toThrow(closed);
    await expect(log.flush()).rejects.toEqual(closed);
    await expect(log.rotate(2, [])).rejects.toEqual(closed);
  });
});

describe('P9: a write or sync that fails', () => {
  it('ends the log for good, whichever it is, done or not', async () => {
    for (const fault of ['fail', 'applyThenFail'] as const) {
      for (const kind of ['write', 'sync'] as const) {
        const fs = new MemoryFileSystem();
        const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
        fs.onOperation = (operation) => (operation.kind === kind ? fault : 'none');
        log.append(1, payload(1));
        const flushing = [log.flush(), log.flush()];
        const full = expect.objectContaining({ code: 'STORE_FULL' });
        for (const flush of flushing) await expect(flush).rejects.toEqual(full);
        fs.onOperation = undefined;
        expect(() => log.append(2, payload(2))).toThrow(full);
        await expect(log.flush()).rejects.toEqual(full);
        await expect(log.rotate(2, [])).rejects.toEqual(full);
        await log.close();
      }
    }
  });

  it('ends it too when the disk is full or the log over its maximum', async () => {
    const fs = new MemoryFileSystem();
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    fs.capacityBytes = 1_000;
    log.append(1, new Uint8Array(2_000));
    const full = expect.objectContaining({ code: 'STORE_FULL' });
    await expect(log.flush()).rejects.toEqual(full);
    fs.capacityBytes = 100_000;
    await expect(log.flush()).rejects.toEqual(full);
  });

  it('leaves the old log or the new one when replacing it fails at any step', async () => {
    for (let step = 0; ; step += 1) {
      const fs = new MemoryFileSystem();
      const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [record(1)] });
      let count = 0;
      fs.onOperation = () => {
        count += 1;
        return count > step ? 'fail' : 'none';
      };
      const isDone = await log.rotate(2, [record(2)]).then(
        () => true,
        () => false,
      );
      fs.onOperation = undefined;
      fs.crash(() => 0);
      const { height, records, damage } = await openConsensusLog({ fs, dir: DIR, height: 1 });
      expect([damage, typesOf(records)]).toEqual([undefined, [height]]);
      if (!isDone) continue;
      expect([height, step]).toEqual([2, 5]);
      return;
    }
  });
});

describe('a crash', () => {
  it('never loses what was flushed, nor makes anything up, nor looks like damage', async () => {
    for (let seed = 1; seed <= 400; seed += 1) await crashOnce(seed);
  });

  it('in the middle of any step keeps one whole log', async () => {
    const total = await crashAtStep(Number.POSITIVE_INFINITY, 1);
    expect(total).toBeGreaterThan(20);
    for (let step = 0; step < total; step += 1) {
      for (let seed = 1; seed <= 10; seed += 1) await crashAtStep(step, seed);
    }
  });
});

describe('the file on a real disk', () => {
  it('is what the memory file system holds, byte for byte', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'triflow-log-'));
    const files: Uint8Array[] = [];
    for (const [fs, at] of places(dir)) {
      const log = await createConsensusLog({ fs, dir: at, height: 1, initial: [record(1)] });
      log.append(2, payload(2));
      await log.flush();
      await log.rotate(2, [record(3)]);
      log.append(4, payload(4));
      await log.close();
      files.push((await fs.read(join(at, 'consensus.log'))) ?? new Uint8Array());
    }
    expect(files[1]).toEqual(files[0]);
    await writeFile(
      join(dir, 'log', 'consensus.log'),
      (await readFile(join(dir, 'log', 'consensus.log'))).subarray(0, 50),
    );
    const opened = await openConsensusLog({ fs: nodeFileSystem, dir: join(dir, 'log'), height: 2 });
    expect(opened).toMatchObject({ tornTail: true, records: [] });
    await opened.log.close();
    expect(await readFile(join(dir, 'log', 'consensus.log'))).toHaveLength(24);
    await rm(dir, { recursive: true });
  });
});

/** Random appends, flushes and one crash; checks what is found afterwards. */
async function crashOnce(seed: number): Promise<void> {
  const pick = picker(seed);
  const fs = new MemoryFileSystem();
  const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [record(0)] });
  let appended = 1;
  let flushed = 1;
  for (let step = pick(30); step > 0; step -= 1) {
    if (pick(3) === 0) {
      await log.flush();
      flushed = appended;
    } else {
      log.append(appended, new Uint8Array(1 + pick(1_500)).fill(1 + pick(255)));
      appended += 1;
    }
  }
  const lastFlush = log.flush();
  if (pick(2) === 0) {
    await lastFlush;
    flushed = appended;
  }
  fs.crash(pick);
  await lastFlush.catch(() => undefined);
  const opened = await openConsensusLog({ fs, dir: DIR, height: 1 });
  expect([seed, opened.damage]).toEqual([seed, undefined]);
  expect(opened.records.length).toBeGreaterThanOrEqual(flushed);
  expect(opened.records.length).toBeLessThanOrEqual(appended);
  expect(typesOf(opened.records)).toEqual(opened.records.map((_, i) => i));
}

/** One scenario with a crash at a step; gives the number of steps it has when none crashes. */
async function crashAtStep(step: number, seed: number): Promise<number> {
  const pick = picker(seed);
  const fs = new MemoryFileSystem();
  let steps = 0;
  fs.onOperation = () => {
    steps += 1;
    if (steps <= step) return 'none';
    return pick(2) === 0 ? 'fail' : 'applyThenFail';
  };
  let durable = { height: 0, records: 0 };
  try {
    const log = await createConsensusLog({ fs, dir: DIR, height: 1, initial: [] });
    durable = { height: 1, records: 0 };
    for (const height of [1, 2, 3]) {
      for (let i = 0; i < 3; i += 1) {
        await appendAndFlush(log, i);
        durable = { height, records: i + 1 };
      }
      await log.rotate(height + 1, []);
      durable = { height: height + 1, records: 0 };
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'STORE_FULL' });
  }
  fs.onOperation = undefined;
  fs.crash(pick);
  if (durable.height === 0 && !(await hasConsensusLog({ fs, dir: DIR }))) return steps;
  const { height, records, damage } = await openConsensusLog({ fs, dir: DIR, height: 1 });
  expect(damage).toBeUndefined();
  const isNext = height === durable.height + 1 && records.length === 0;
  if (!isNext) {
    expect(height).toBe(durable.height);
    expect([0, 1]).toContain(records.length - durable.records);
  }
  return steps;
}

async function appendAndFlush(log: ConsensusLog, type: number): Promise<void> {
  log.append(type, payload(type));
  await log.flush();
}

function places(dir: string): [FileSystem, string][] {
  return [
    [new MemoryFileSystem(), DIR],
    [nodeFileSystem, join(dir, 'log')],
  ];
}

function record(type: number): LogRecord {
  return { type, payload: payload(type) };
}

function payload(type: number): Uint8Array {
  return new Uint8Array(3 + 7 * type).fill(1 + type);
}

function typesOf(records: readonly LogRecord[]): number[] {
  return records.map(({ type }) => type);
}

/** A small generator of numbers from a seed (mulberry32). */
function picker(seed: number): Pick {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
