import {
  compareBytes,
  type KeyValueStore,
  type RangeOptions,
  type WriteOperation,
} from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** One place that stores can be opened on, one after another. */
export interface StorePlace {
  open(): Promise<KeyValueStore>;
  destroy(): Promise<void>;
}

/** What every driver of the `KeyValueStore` port must do; run it on each. */
export function describeKeyValueStore(name: string, createPlace: () => Promise<StorePlace>): void {
  describe(`${name} as a key-value store`, () => {
    let place: StorePlace;
    let store: KeyValueStore;

    beforeEach(async () => {
      place = await createPlace();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.destroy();
    });

    const current = () => store;
    describeReads(current);
    describeRanges(current);

    it('keeps synced batches when it is closed and opened again', async () => {
      await store.write([put('a', '1')], { sync: true });
      await store.close();
      store = await place.open();
      expect(textOf(await store.get(bytes('a')))).toBe('1');
    });

    it('refuses a second opener while it is open', async () => {
      await expect(place.open()).rejects.toMatchObject({
        code: 'STORE_LOCKED',
        message: `the node is running (pid ${process.pid}); use --node or stop it`,
        details: { pid: process.pid },
      });
    });

    it('refuses every call after close, and closes twice without complaint', async () => {
      await store.close();
      await store.close();
      const closed = { code: 'ABORTED' };
      expect(() => store.getSync(bytes('a'))).toThrow(expect.objectContaining(closed));
      await expect(store.get(bytes('a'))).rejects.toMatchObject(closed);
      await expect(store.getMany([bytes('a')])).rejects.toMatchObject(closed);
      await expect(store.write([put('a', '1')], { sync: false })).rejects.toMatchObject(closed);
      await expect(collect(store, {})).rejects.toMatchObject(closed);
    });
  });
}

function describeReads(store: () => KeyValueStore): void {
  it('tells an absent key from an empty value', async () => {
    await store().write([put('empty', '')], { sync: true });
    expect(store().getSync(bytes('none'))).toBeUndefined();
    expect(await store().get(bytes('none'))).toBeUndefined();
    expect(store().getSync(bytes('empty'))).toEqual(new Uint8Array());
    expect(await store().get(bytes('empty'))).toEqual(new Uint8Array());
  });

  it('applies a batch in order: the last operation on a key counts', async () => {
    const batch = [put('a', '1'), remove('a'), put('b', '1'), put('b', '2'), remove('c')];
    await store().write(batch, { sync: true });
    expect(await all(store())).toEqual([['b', '2']]);
  });

  it('takes an empty batch', async () => {
    await store().write([], { sync: true });
    expect(await all(store())).toEqual([]);
  });

  it('reads many keys in the order asked', async () => {
    await store().write([put('a', '1'), put('b', '2')], { sync: false });
    const values = await store().getMany([bytes('b'), bytes('none'), bytes('a'), bytes('b')]);
    expect(values.map(textOf)).toEqual(['2', undefined, '1', '2']);
    expect(await store().getMany([])).toEqual([]);
  });

  it('shares no memory with its callers', async () => {
    // Buffers, whose `slice` does not copy.
    const key = Buffer.from('key');
    const value = Buffer.from('value');
    await store().write([{ kind: 'put', key, value }], { sync: true });
    key.fill(0);
    value.fill(0);
    store().getSync(bytes('key'))?.fill(1);
    (await store().get(bytes('key')))?.fill(1);
    for await (const [foundKey, foundValue] of store().range(range('', 'z'))) {
      foundKey.fill(1);
      foundValue.fill(1);
    }
    expect(await all(store())).toEqual([['key', 'value']]);
  });

  it('hands out plain byte arrays', async () => {
    await store().write([put('a', '1')], { sync: true });
    expect(store().getSync(bytes('a'))?.constructor).toBe(Uint8Array);
    for await (const entry of store().range(range('', 'z'))) {
      expect(entry.map((part) => part.constructor)).toEqual([Uint8Array, Uint8Array]);
    }
  });
}

function describeRanges(store: () => KeyValueStore): void {
  it('orders keys by their bytes, shorter before longer', async () => {
    const keys = [[0xff], [0], [0x80, 1], [0x7f, 0xff], [0x80], [1], [0, 0]];
    const sorted = keys.map((key) => Uint8Array.from(key)).sort(compareBytes);
    const batch = keys.map((key): WriteOperation => {
      return { kind: 'put', key: Uint8Array.from(key), value: Uint8Array.from(key) };
    });
    await store().write(batch, { sync: true });
    const found: Uint8Array[] = [];
    const options = { from: new Uint8Array(), to: Uint8Array.of(0xff, 0) };
    for await (const [key] of store().range(options)) found.push(key);
    expect(found).toEqual(sorted);
  });

  it('includes the start of a range and leaves out its end, both ways, up to a limit', async () => {
    await store().write(
      ['a', 'b', 'c', 'd'].map((key) => put(key, key)),
      { sync: true },
    );
    const keysOf = async (options: RangeOptions) =>
      (await collect(store(), options)).map(([key]) => key);
    expect(await keysOf(range('b', 'd'))).toEqual(['b', 'c']);
    expect(await keysOf({ ...range('b', 'd'), reverse: true })).toEqual(['c', 'b']);
    expect(await keysOf({ ...range('a', 'z'), limit: 2 })).toEqual(['a', 'b']);
    expect(await keysOf({ ...range('a', 'z'), limit: 2, reverse: true })).toEqual(['d', 'c']);
    expect(await keysOf(range('b', 'b'))).toEqual([]);
    expect(await keysOf(range('x', 'z'))).toEqual([]);
    expect(await keysOf({ ...range('a', 'z'), limit: 0 })).toEqual([]);
  });

  it('keeps to what was there when a range began, whatever is written meanwhile', async () => {
    await store().write(
      ['a', 'b', 'c'].map((key) => put(key, 'old')),
      { sync: true },
    );
    const found: string[] = [];
    for await (const [key, value] of store().range(range('a', 'z'))) {
      found.push(`${textOf(key)}=${textOf(value)}`);
      if (found.length > 1) continue;
      await store().write([remove('b'), put('c', 'new'), put('d', 'new')], { sync: true });
    }
    expect(found).toEqual(['a=old', 'b=old', 'c=old']);
  });

  it('may be left in the middle of a range', async () => {
    await store().write(
      ['a', 'b', 'c'].map((key) => put(key, key)),
      { sync: true },
    );
    for await (const [key] of store().range(range('a', 'z'))) {
      expect(textOf(key)).toBe('a');
      break;
    }
    expect(await all(store())).toHaveLength(3);
  });

  it('reads thousands of entries in order', async () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => String(((i * 7_919) % 5_000) + 10_000));
    await store().write(
      keys.map((key) => put(key, key)),
      { sync: false },
    );
    const expected = Array.from({ length: 5_000 }, (_, i) => String(i + 10_000));
    expect((await all(store())).map(([key]) => key)).toEqual(expected);
    const removed = keys.filter((key) => key.endsWith('7'));
    await store().write(removed.map(remove), { sync: true });
    const rest = await collect(store(), { ...range('', 'z'), reverse: true });
    const left = expected.filter((key) => !key.endsWith('7')).reverse();
    expect(rest.map(([key]) => key)).toEqual(left);
  });
}

async function all(store: KeyValueStore): Promise<[string, string][]> {
  return collect(store, range('', '~'));
}

async function collect(
  store: KeyValueStore,
  options: Partial<RangeOptions>,
): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const [key, value] of store.range({ ...range('', '~'), ...options })) {
    found.push([textOf(key) ?? '', textOf(value) ?? '']);
  }
  return found;
}

function range(from: string, to: string): RangeOptions {
  return { from: bytes(from), to: bytes(to) };
}

function put(key: string, value: string): WriteOperation {
  return { kind: 'put', key: bytes(key), value: bytes(value) };
}

function remove(key: string): WriteOperation {
  return { kind: 'delete', key: bytes(key) };
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function textOf(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString();
}
