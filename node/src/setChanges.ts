import { assert, decodeHeader } from '@triflow/protocol';
import type { Chain } from './chain.js';

const PAUSE_EVERY = 2_000;

/**
 * The heights whose header commits to another next set of validators, found by reading each header
 * once and remembered: they are few, and headers never change.
 */
export class SetChanges {
  readonly #chain: Chain;
  readonly #found: number[] = [];
  #looked = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Ascending, ends included. */
  async between(from: number, to: number): Promise<readonly number[]> {
    this.#running = this.#running.then(() => this.#lookTo(to));
    await this.#running;
    return this.#found.filter((height) => height >= from && height <= to);
  }

  async #lookTo(to: number): Promise<void> {
    const last = Math.min(to, this.#chain.head().height);
    while (this.#looked < last) {
      const height = this.#looked + 1;
      const bytes = await this.#chain.store.getHeader(height);
      const header = bytes === undefined ? undefined : decodeHeader(bytes);
      assert(header?.ok === true, 'setChanges: a header below the head is kept');
      const { validatorsHash, nextValidatorsHash } = header.value;
      if (validatorsHash !== nextValidatorsHash) this.#found.push(height);
      this.#looked = height;
      if (height % PAUSE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
