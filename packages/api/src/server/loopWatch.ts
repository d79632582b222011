import { performance } from 'node:perf_hooks';

const TICK_MS = 500;

export interface LoopWatch {
  /** How late the event loop last turned, in milliseconds. */
  lateMs(): number;
  stop(): void;
}

/** Watches the event loop: a timer that fires late says how long other work kept it waiting. */
export function createLoopWatch(): LoopWatch {
  let dueMs = performance.now() + TICK_MS;
  let lateMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lateMs = Math.max(0, nowMs - dueMs);
    dueMs = nowMs + TICK_MS;
  }, TICK_MS);
  timer.unref();
  return { lateMs: () => lateMs, stop: () => clearInterval(timer) };
}
