import { NONCE_BYTES } from '@triflow/protocol';
import type { Environment } from '../environment.js';

/** Rounds of the event loop after which in-memory work is taken to be at rest. */
const REST_ROUNDS = 12;

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that moves only when told, or when everything waits for it. */
export interface ManualClock extends Environment {
  /** Runs work to its end; whenever all is at rest the clock jumps to the next timer. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  readonly advance: (ms: number) => void;
  /** Timers that are still set. */
  readonly timers: () => number;
}

/** Starts a clock at a time, with counted nonces and no spread. */
export function createManualClock(startMs: number): ManualClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let nonces = 0;
  const fireNext = (untilMs: number): boolean => {
    const [next] = [...timers].sort((a, b) => a.dueMs - b.dueMs);
    if (next === undefined || next.dueMs > untilMs) return false;
    timers.delete(next);
    nowMs = Math.max(nowMs, next.dueMs);
    next.callback();
    return true;
  };
  return {
    nowMs: () => nowMs,
    jitter: () => 1,
    nonce: () => {
      nonces += 1;
      return new Uint8Array(NONCE_BYTES).fill(nonces);
    },
    startTimer: (delayMs, callback) => {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    timers: () => timers.size,
    advance: (ms) => {
      const untilMs = nowMs + ms;
      while (fireNext(untilMs));
      nowMs = untilMs;
    },
    run: async (work) => {
      let settled = false;
      const end = (): void => {
        settled = true;
      };
      work.then(end, end);
      for (;;) {
        await rest(() => settled);
        if (settled) return work;
        if (!fireNext(Number.POSITIVE_INFINITY)) return work;
      }
    },
  };
}

async function rest(isSettled: () => boolean): Promise<void> {
  for (let round = 0; round < REST_ROUNDS && !isSettled(); round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
