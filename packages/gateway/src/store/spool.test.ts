import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textFromUtf8, utf8FromText } from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool, type Spool } from './spool.js';
import type { SpoolDamage } from './spoolSegments.js';

const SEGMENT = 200;

let folder: string;
let spool: Spool;
let damaged: SpoolDamage[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-spool-'));
  spool = await open();
});

afterEach(async () => {
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (bytesMax = 100_000) => {
  damaged = [];
  const onDamage = (one: SpoolDamage): void => void damaged.push(one);
  return openSpool({ folder, bytesMax, segmentBytes: SEGMENT, onDamage });
};
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
    ['zeros from the disk', new Array(64).fill(0)],
    ['ones from the disk', new Array(64).fill(255)],
  ])('a torn end is cut off: %s', async (_, torn) => {
    await put('whole');
    await spool.close();
    await appendFile(join(folder, '000000000001.log'), Buffer.from(torn));
    spool = await open();
    await put('after');
    await restart();
    expect((await rest()).texts).toEqual(['whole', 'after']);
  });

  it.each([
    ['a flipped bit of a record', 1, (bytes: Buffer) => flip(bytes, 10)],
    ['a flipped bit of a length', 1, (bytes: Buffer) => flip(bytes, 0)],
    ['a segment of zeros', 1, (bytes: Buffer) => bytes.fill(0)],
    ['a segment cut short', 1, (bytes: Buffer) => bytes.subarray(0, 30)],
    ['a flipped bit in the last segment', 4, (bytes: Buffer) => flip(bytes, 10)],
  ])('damage is told and kept aside, what follows it is given: %s', async (_, segment, damage) => {
    for (let at = 0; at < 40; at += 1) await put(`record ${at}`);
    await spool.close();
    const name = `${segment}`.padStart(12, '0');
    const path = join(folder, `${name}.log`);
    await writeFile(path, damage(await readFile(path)));
    spool = await open();
    const { texts } = await rest();
    expect(texts.length).toBeLessThan(40);
    expect(texts.length).toBeGreaterThan(25);
    expect(texts.at(-1)).toBe('record 39');
    const aside = (await readdir(folder)).filter((file) =>
      file.startsWith(`${name}.log.damaged-at-`),
    );
    expect(damaged.map((one) => `${name}.log.damaged-at-${one.offset}`)).toEqual(aside);
    expect(aside).toHaveLength(1);
    await put('after');
    await restart();
    expect((await rest()).texts).toEqual([...texts, 'after']);
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

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
