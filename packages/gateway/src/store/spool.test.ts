import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textFromUtf8, utf8FromText } from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool, type Spool } from './spool.js';

const SEGMENT = 200;

let folder: string;
let spool: Spool;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-spool-'));
  spool = await open();
});

afterEach(async () => {
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (bytesMax = 100_000) => openSpool({ folder, bytesMax, segmentBytes: SEGMENT });
const put = (text: string) => spool.append(utf8FromText(text));

/** Everything from a place on, and where it ends. */
async function rest(from = spool.start) {
  const texts: string[] = [];
  let place = from;
  for (;;) {
    const found = await spool.read(place, 64);
    if (found.length === 0) return { texts, place };
    for (const { bytes, next } of found) {
      texts.push(textFromUtf8(bytes) ?? '');
      place = next;
    }
  }
}

async function restart(): Promise<void> {
  await spool.close();
  spool = await open();
}

describe('the spool', () => {
  it('gives records in order, over segments and a restart', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => `record ${at}`);
    for (const text of texts) await put(text);
    expect((await readdir(folder)).length).toBeGreaterThan(3);
    expect((await rest()).texts).toEqual(texts);
    await restart();
    expect((await rest()).texts).toEqual(texts);
  });

  it('records that come together are all durable', async () => {
    const texts = Array.from({ length: 200 }, (_, at) => `${at}`);
    await Promise.all(texts.map(put));
    await restart();
    expect((await rest()).texts).toEqual(texts);
  });

  it('what is released is deleted by segments and never given again', async () => {
    for (let at = 0; at < 40; at += 1) await put(`record ${at}`);
    const [first] = await spool.read(spool.start, 1);
    const { place } = await rest();
    const before = spool.bytes;
    if (first !== undefined) await spool.release(first.next);
    expect(spool.bytes).toBeLessThan(before);
    await restart();
    expect((await rest()).texts[0]).toBe('record 1');
    await spool.release(place);
    expect((await readdir(folder)).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    await put('next');
    await restart();
    expect((await rest()).texts).toEqual(['next']);
  });

  it('over its bound it takes nothing and drops nothing', async () => {
    await spool.close();
    spool = await open(60);
    await put('one');
    await put('two');
    await put('three');
    await put('four');
    await expect(put('a text that does not fit')).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect((await rest()).texts).toEqual(['one', 'two', 'three', 'four']);
    const { place } = await rest();
    await spool.release(place);
    await put('there is room again');
  });

  it('a record over its size is refused', () => {
    expect(() => put('x'.repeat(65_537))).toThrow(
      expect.objectContaining({ code: 'REQUEST_TOO_LARGE' }),
    );
  });

  it.each([
    ['half a head', [0, 0, 0]],
    ['a head without its record', [0, 0, 0, 9, 1, 2, 3, 4]],
    ['a record cut off', [0, 0, 0, 9, 1, 2, 3, 4, 65]],
    ['a record with a wrong checksum', [0, 0, 0, 1, 1, 2, 3, 4, 65]],
    ['zeros from the disk', new Array(64).fill(255)],
  ])('a torn end is cut off: %s', async (_, torn) => {
    await put('whole');
    await spool.close();
    await appendFile(join(folder, '000000000001.log'), Buffer.from(torn));
    spool = await open();
    await put('after');
    await restart();
    expect((await rest()).texts).toEqual(['whole', 'after']);
  });

  it('damage before the end is said, not skipped', async () => {
    for (let at = 0; at < 40; at += 1) await put(`record ${at}`);
    await spool.close();
    const path = join(folder, '000000000001.log');
    const bytes = await readFile(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(path, bytes);
    spool = await open();
    await expect(rest()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it.each(['', '{}', '{"segment":-1,"offset":0}', '{"segment":1,"offset":99999}'])(
    'a damaged cursor is said: %s',
    async (text) => {
      await spool.close();
      await writeFile(join(folder, 'cursor.json'), text);
      await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
      await rm(join(folder, 'cursor.json'));
      spool = await open();
    },
  );
});
