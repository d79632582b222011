const SLOTS_AT_FIRST = 2 ** 16;
const WORD = 2 ** 32;

/** Whole numbers from 0 to 2^53 - 2: as many as memory holds, where a `Set` ends at 2^24 of them. */
export class NumberSet {
  #slots = new Float64Array(SLOTS_AT_FIRST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether it was not there before. */
  add(value: number): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    // An empty slot is 0.
    const isNew = put(this.#slots, value + 1);
    if (isNew) this.#size += 1;
    return isNew;
  }

  #grow(): void {
    const grown = new Float64Array(this.#slots.length * 2);
    for (const stored of this.#slots) if (stored !== 0) put(grown, stored);
    this.#slots = grown;
  }
}

/** Open addressing: the first free slot from where the number belongs. */
function put(slots: Float64Array, stored: number): boolean {
  let at = mixed(stored) % slots.length;
  for (;;) {
    const there = slots[at];
    if (there === stored) return false;
    if (there === 0) {
      slots[at] = stored;
      return true;
    }
    at = (at + 1) % slots.length;
  }
}

/** Both words of a number stirred into 32 bits (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let hash = (value % WORD) ^ Math.imul(Math.floor(value / WORD), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
