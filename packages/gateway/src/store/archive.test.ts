import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../devices/readingRow.js';
import { type Archive, type ArchivedBatch, openArchive } from './archive.js';

const BLOCK = 4_096;
const MANY = 1_000 * BLOCK;

let folder: string;
let archive: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-archive-'));
  archive = await openArchive(folder, MANY);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const reading = (seq: number): Reading => ({ seq, time: seq, kind: 'BATTERY', values: [7] });

function batch(device: string, fromSeq: number, toSeq: number, anchored = false): ArchivedBatch {
  const readings = Array.from({ length: toSeq - fromSeq + 1 }, (_, at) => reading(fromSeq + at));
  return { device, toSeq, anchored, readings };
}

const lastOf = async (device: string, seq: number) => {
  return (await archive.find(device, seq)).map(({ toSeq }) => toSeq);
};

describe('the archive', () => {
  it('gives the batch of a number, over a restart, and counts whole blocks of disk', async () => {
    await archive.save([batch('dv_a', 1, 3), batch('dv_b', 1, 2, true)]);
    await archive.save([batch('dv_a', 5, 1_000)]);
    for (const again of [false, true]) {
      if (again) archive = await openArchive(folder, MANY);
      expect(await archive.find('dv_a', 2)).toEqual([batch('dv_a', 1, 3)]);
      expect(await archive.find('dv_b', 2)).toEqual([batch('dv_b', 1, 2, true)]);
      expect(await lastOf('dv_a', 999)).toEqual([1_000]);
      expect(await lastOf('dv_a', 4)).toEqual([]);
      expect(await lastOf('dv_a', 1_001)).toEqual([]);
      expect(await lastOf('dv_c', 1)).toEqual([]);
      expect(archive.bytes % BLOCK).toBe(0);
      expect(archive.bytes).toBeGreaterThan(3 * BLOCK);
    }
  });

  it('makes room by batches that are in transactions, one device after the other', async () => {
    archive = await openArchive(folder, 5 * BLOCK);
    await archive.save([batch('dv_a', 1, 1), batch('dv_a', 2, 2), batch('dv_k', 1, 1, true)]);
    await archive.save([batch('dv_b', 1, 1), batch('dv_b', 2, 2)]);
    await archive.save([batch('dv_c', 1, 1, true)]);
    await archive.save([batch('dv_c', 2, 2, true)]);
    expect(await lastOf('dv_a', 1)).toEqual([]);
    expect(await lastOf('dv_b', 1)).toEqual([]);
    expect(await lastOf('dv_a', 2)).toEqual([2]);
    expect(await lastOf('dv_b', 2)).toEqual([2]);
    expect(await lastOf('dv_k', 1)).toEqual([1]);
    expect(archive.bytes).toBe(5 * BLOCK);
  });

  it('is full when only anchored batches are left, and loses none', async () => {
    archive = await openArchive(folder, 2 * BLOCK);
    await archive.save([batch('dv_a', 1, 1, true), batch('dv_a', 2, 2, true)]);
    const more = archive.save([batch('dv_a', 3, 3, true)]);
    await expect(more).rejects.toMatchObject({ code: 'STORE_FULL' });
    const grown = archive.save([batch('dv_a', 1, 2_000, true)]);
    await expect(grown).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await lastOf('dv_a', 1)).toEqual([1]);
    expect(await lastOf('dv_a', 2)).toEqual([2]);
    expect(archive.bytes).toBe(2 * BLOCK);
  });

  it('gives all tries of a number until one is committed; then only that', async () => {
    await archive.save([batch('dv_a', 1, 10)]);
    await archive.save([batch('dv_a', 11, 15)]);
    await archive.save([batch('dv_a', 11, 20)]);
    expect(await lastOf('dv_a', 12)).toEqual([15, 20]);
    await archive.settle(batch('dv_a', 11, 20));
    expect(await lastOf('dv_a', 12)).toEqual([20]);
    expect(await lastOf('dv_a', 10)).toEqual([10]);
    expect(await readdir(join(folder, 'dv_a'))).toHaveLength(2);
  });

  it('a batch of the same number replaces the one before, whatever its size', async () => {
    await archive.save([batch('dv_a', 900, 1_000)]);
    await archive.save([batch('dv_a', 1, 1_000)]);
    expect(await archive.find('dv_a', 950)).toEqual([batch('dv_a', 1, 1_000)]);
    expect(await readdir(join(folder, 'dv_a'))).toHaveLength(1);
    await archive.remove(batch('dv_a', 1, 1_000));
    expect(await lastOf('dv_a', 950)).toEqual([]);
    expect(archive.bytes).toBe(0);
  });

  it('passes over what a crash left half-written, and says what is damaged', async () => {
    await archive.save([batch('dv_a', 1, 3)]);
    await writeFile(join(folder, 'dv_a', '0000000000000009-1.sent.new'), 'half');
    archive = await openArchive(folder, MANY);
    expect(await lastOf('dv_a', 9)).toEqual([]);
    const [name = ''] = (await readdir(join(folder, 'dv_a'))).filter((one) => !one.endsWith('new'));
    await appendFile(join(folder, 'dv_a', name), 'more');
    await expect(archive.find('dv_a', 1)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
