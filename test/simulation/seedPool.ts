import type { Worker } from 'node:worker_threads';

export interface SeedPoolOptions<Line> {
  readonly seeds: readonly number[];
  readonly workers: number;
  /** A worker that runs seeds one after another and tells one line for each. */
  readonly open: (seeds: readonly number[]) => Worker;
  readonly onLine: (line: Line) => void;
  /** The worker broke in a seed: something was thrown outside the run, or it ended too early. */
  readonly onBroken: (seed: number, reason: string) => void;
}

/** Runs seeds in parallel. What breaks a worker fails the seed it was at; the others still run. */
export async function runSeedPool<Line>(options: SeedPoolOptions<Line>): Promise<void> {
  const { seeds, workers } = options;
  const lists = Array.from({ length: workers }, (_, at) => {
    return seeds.filter((_seed, index) => index % workers === at);
  });
  await Promise.all(lists.map((list) => runList(options, list)));
}

async function runList<Line>(
  options: SeedPoolOptions<Line>,
  list: readonly number[],
): Promise<void> {
  let left = list;
  while (left.length > 0) {
    const { done, reason } = await runWorker(options, left);
    const broken = left[done];
    if (broken === undefined) return;
    options.onBroken(broken, reason);
    left = left.slice(done + 1);
  }
}

/** How many seeds a worker told of before its end, and why it ended. */
function runWorker<Line>(
  { open, onLine }: SeedPoolOptions<Line>,
  seeds: readonly number[],
): Promise<{ readonly done: number; readonly reason: string }> {
  return new Promise((resolve) => {
    let done = 0;
    let reason: string | undefined;
    const worker = open(seeds);
    worker.on('message', (line: Line) => {
      done += 1;
      onLine(line);
    });
    worker.once('error', (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    // Lines that are still under way come before the exit, but not always before the error.
    worker.once('exit', (code) => {
      resolve({ done, reason: reason ?? `the worker ended with ${code} before the seed did` });
    });
  });
}
