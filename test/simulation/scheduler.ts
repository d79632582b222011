import type { TimerPort } from '@triflow/node';

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Virtual time: events run in order of time, then of planning, and nothing else moves it. */
export class Scheduler {
  #now: number;
  #order = 0;
  #heap: Planned[] = [];
  #events = 0;
  readonly #settled: () => Promise<void>;

  /** `settled`: all promise work that follows from an event has ended. */
  constructor(startMs: number, settled: () => Promise<void> = settle) {
    this.#now = startMs;
    this.#settled = settled;
  }

  nowMs(): number {
    return this.#now;
  }

  /** How many events have run. */
  events(): number {
    return this.#events;
  }

  /** Plans an event; the result cancels it. */
  plan(delayMs: number, run: () => void): () => void {
    this.#order += 1;
    const planned = { at: this.#now + delayMs, order: this.#order, run, cancelled: false };
    this.#push(planned);
    return () => {
      planned.cancelled = true;
    };
  }

  /** Timers of one node, whose clock may be off; a crash silences them all. */
  timersFor(isAlive: () => boolean): TimerPort {
    return {
      set: (delayMs, fire) => this.plan(Math.max(0, delayMs), () => isAlive() && fire()),
    };
  }

  /** Runs until a moment or until a condition holds. */
  async runUntil(endMs: number, done: () => boolean = () => false): Promise<void> {
    while (!done()) {
      const next = this.#pop();
      if (next === undefined || next.at > endMs) {
        if (next !== undefined) this.#push(next);
        this.#now = endMs;
        return;
      }
      if (next.cancelled) continue;
      this.#now = next.at;
      this.#events += 1;
      next.run();
      await this.#settled();
    }
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    heap.push(planned);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index] as Planned, heap[parent] as Planned)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): Planned | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      for (const child of [left, right]) {
        if (child < heap.length && isBefore(heap[child] as Planned, heap[least] as Planned)) {
          least = child;
        }
      }
      if (least === index) return top;
      this.#swap(index, least);
      index = least;
    }
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a] as Planned;
    this.#heap[a] = this.#heap[b] as Planned;
    this.#heap[b] = held;
  }
}

/** Lets all promise work that follows from an event end. No real time is involved. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
