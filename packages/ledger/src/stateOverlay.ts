import type { StateReader } from '@triflow/protocol';
import type { StateChange } from './stateTree.js';

/** Writes laid over a state: kept or dropped as one, readable before either. */
export class StateOverlay implements StateReader {
  readonly #base: StateReader;
  readonly #writes = new Map<string, Uint8Array | null>();

  constructor(base: StateReader) {
    this.#base = base;
  }

  /** The value with this overlay's writes; undefined when absent or removed. */
  get(key: string): Uint8Array | undefined {
    const written = this.#writes.get(key);
    if (written === null) return undefined;
    return written ?? this.#base.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#writes.set(key, value);
  }

  remove(key: string): void {
    this.#writes.set(key, null);
  }

  /** How many keys were written. */
  get size(): number {
    return this.#writes.size;
  }

  /** Moves the writes down into another overlay. */
  commitInto(target: StateOverlay): void {
    for (const [key, value] of this.#writes) target.#writes.set(key, value);
  }

  /** The writes, in the order of their first writing; equal executions give equal orders. */
  changes(): StateChange[] {
    return [...this.#writes].map(([key, value]) => ({ key, value }));
  }
}
