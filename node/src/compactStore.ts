import { type LevelStore, prefixes } from '@triflow/storage';

export interface Compacted {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Gives room of replaced records back to the disk, one kind of records after the other. */
export async function compactStore(
  store: LevelStore,
  onStep: (at: number, of: number) => void = () => undefined,
): Promise<Compacted> {
  const all = Object.values(prefixes);
  const size = () => store.approximateBytes(Uint8Array.of(0), Uint8Array.of(0xff));
  const bytesBefore = await size();
  for (const [at, prefix] of all.entries()) {
    onStep(at, all.length);
    await store.compact(Uint8Array.of(prefix), Uint8Array.of(prefix + 1));
  }
  return { bytesBefore, bytesAfter: await size() };
}
