interface Held<T> {
  readonly item: T;
  readonly dueMs: number;
}

/** Hands items on in order, each no earlier than its delay; a shorter delay overtakes nothing. */
export class DelayLine<T> {
  readonly #deliver: (item: T) => void;
  readonly #held: Held<T>[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(deliver: (item: T) => void) {
    this.#deliver = deliver;
  }

  get length(): number {
    return this.#held.length;
  }

  push(item: T, delayMs: number): void {
    if (delayMs <= 0 && this.#held.length === 0) {
      this.#deliver(item);
      return;
    }
    const dueMs = Math.max(performance.now() + delayMs, this.#held.at(-1)?.dueMs ?? 0);
    this.#held.push({ item, dueMs });
    this.#wait();
  }

  /** Drops whatever is still held. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held.length = 0;
  }

  #wait(): void {
    const [first] = this.#held;
    if (first === undefined || this.#timer !== undefined) return;
    const delayMs = Math.max(0, Math.ceil(first.dueMs - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#release();
    }, delayMs);
  }

  #release(): void {
    const nowMs = performance.now();
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (first.dueMs > nowMs) break;
      this.#held.shift();
      this.#deliver(first.item);
    }
    this.#wait();
  }
}
