/** A small seeded generator (xorshift128+ on 32-bit halves): the same seed, the same run. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#a = seed >>> 0 || 1;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    this.#d = 0xb7e15162;
    for (let i = 0; i < 20; i += 1) this.#next();
  }

  /** An integer from 0 up to, not including, bound. */
  below(bound: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * bound);
  }

  /** An integer between both, inclusive. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(percent: number): boolean {
    return this.below(10_000) < percent * 100;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** xoshiro-like step: enough for choosing faults, nothing else. */
  #next(): number {
    const t = this.#d ^ (this.#d << 11);
    this.#d = this.#c;
    this.#c = this.#b;
    this.#b = this.#a;
    this.#a = (this.#a ^ (this.#a >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return this.#a;
  }
}
