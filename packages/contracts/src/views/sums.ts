import { compareText } from '@triflow/protocol';

/** Amounts added up under a key of texts, listed in the order of their keys. */
export class Sums<K extends readonly string[]> {
  readonly #sums = new Map<string, { readonly key: K; minor: bigint; count: number }>();

  add(key: K, minor: bigint): void {
    const name = key.join('\n');
    const found = this.#sums.get(name) ?? { key, minor: 0n, count: 0 };
    found.minor += minor;
    found.count += 1;
    this.#sums.set(name, found);
  }

  list(): readonly { readonly key: K; readonly minor: bigint; readonly count: number }[] {
    const names = [...this.#sums.keys()].sort(compareText);
    return names.flatMap((name) => this.#sums.get(name) ?? []);
  }
}
