import { appendFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { commandOf, type Executed, onlookers } from '../../packages/contracts/src/testkit.js';
import { percentile } from './statistics.js';

/** Measures each command that a test file sends, and writes its times down, when asked to. */
const WARM_UP_MS = 15;
const MEASURED_MS = 30;
const RUNS_MIN = 5;
const US_PER_MS = 1_000;

const file = process.env.TRIFLOW_EXECUTION;
const times = new Map<string, number>();

if (file !== undefined) {
  onlookers.push(measure);
  afterAll(() => {
    const lines = [...times].map(([command, us]) => `${command} ${us.toFixed(1)}\n`);
    if (lines.length > 0) appendFileSync(file, lines.join(''));
  });
}

/** The median of many executions of an accepted command on one state, the code hot. */
function measure(executed: Executed): void {
  const command = commandOf(executed);
  const counts = executed.steps.length === 1 && executed.outcome.number === 0;
  if (!counts || times.has(command)) return;
  repeat(executed, WARM_UP_MS);
  const durations = repeat(executed, MEASURED_MS);
  times.set(command, percentile(durations, 500) * US_PER_MS);
}

/** Executions until some time is over: how long each took. */
function repeat({ again }: Executed, forMs: number): number[] {
  const durations: number[] = [];
  const endMs = performance.now() + forMs;
  for (let startMs = performance.now(); startMs < endMs || durations.length < RUNS_MIN; ) {
    again();
    const nowMs = performance.now();
    durations.push(nowMs - startMs);
    startMs = nowMs;
  }
  return durations;
}
