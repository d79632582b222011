import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { crashRun, type Point, type PointMode } from './crashRun.js';
import { type SweepOptions, type SweepResult, sweep } from './sweep.js';

const PROGRESS_MS = 5_000;

interface Options {
  readonly nodes: number;
  readonly heights: number;
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly recovery?: boolean;
  readonly allNodes?: boolean;
  readonly points?: readonly string[];
}

if (isMainThread) await main();
else await work(workerData as readonly SweepOptions[]);

/** `pnpm crashpoints`: a run for each step on a node's disks and each way to lose it. */
async function main(): Promise<void> {
  const program = new Command('crashpoints')
    .description('power loss and write errors at every step of a short run of the real node')
    .option('--nodes <n>', 'validators; the first one is hit', Number, 1)
    .option('--heights <n>', 'heights of the run that is numbered', Number, 3)
    .option('--seeds <n>', 'runs with other schedules', Number, 1)
    .option('--from <n>', 'the first seed', Number, 1)
    .option('--recovery', 'hit each start that follows once more, at each of its steps')
    .option('--all-nodes', 'everybody loses power at once')
    .option('--workers <n>', 'threads', Number, availableParallelism())
    .option('--points <step:mode...>', 'one run with these points, and what each node did');
  const options = program.parse().opts<Options>();
  if (options.points !== undefined) await replay(options, options.points);
  else await sweepAll(options);
}

async function replay(options: Options, list: readonly string[]): Promise<void> {
  const { nodes, heights, from: seed } = options;
  const points = list.map((text): Point => {
    const [step, mode] = text.split(':');
    return { step: Number(step), mode: mode as PointMode };
  });
  const allNodes = options.allNodes === true;
  const run = { nodes, heights: heights + 2, points, seed, allNodes, keepTrace: true };
  const { trace, ...report } = await crashRun(run);
  process.stderr.write(`${trace.join('\n')}\n`);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}

async function sweepAll(options: Options): Promise<void> {
  const { nodes, heights, seeds, from, workers } = options;
  const shared = { nodes, heights, allNodes: options.allNodes === true };
  const jobs = Array.from({ length: workers }, (_, index) => {
    return Array.from({ length: seeds }, (_seed, at): SweepOptions => {
      const part = { index, of: workers };
      return { ...shared, recovery: options.recovery === true, seed: from + at, part };
    });
  });
  let runs = 0;
  const startedMs = performance.now();
  const say = (): void => {
    const perSecond = runs / ((performance.now() - startedMs) / 1_000);
    process.stderr.write(`${runs} runs, ${perSecond.toFixed(1)}/s\n`);
  };
  const progress = setInterval(say, PROGRESS_MS);
  const results = await Promise.all(jobs.map((job) => runWorker(job, () => (runs += 1))));
  clearInterval(progress);
  say();
  report(results.flat(), runs);
}

function report(results: readonly SweepResult[], runs: number): void {
  const counts: Record<string, number> = {};
  for (const result of results) {
    for (const [mode, count] of Object.entries(result.runs)) {
      counts[mode] = (counts[mode] ?? 0) + count;
    }
  }
  const failures = results.flatMap((result) => result.failures);
  for (const failure of failures) process.stdout.write(`FAILED pnpm crashpoints ${failure}\n`);
  const steps = Math.max(0, ...results.map((result) => result.steps));
  const listed = Object.entries(counts).map(([mode, count]) => `${count} ${mode}`);
  process.stdout.write(`${runs} runs over ${steps} steps, ${failures.length} failed\n`);
  process.stdout.write(`${listed.join(', ')}\n`);
  process.exitCode = failures.length === 0 && runs > 0 ? 0 : 1;
}

function runWorker(job: readonly SweepOptions[], onRun: () => void): Promise<SweepResult[]> {
  return new Promise((resolve, reject) => {
    const results: SweepResult[] = [];
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: job });
    worker.on('message', (message: 'run' | SweepResult) => {
      if (message === 'run') onRun();
      else results.push(message);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve(results);
      else reject(new CodedError('INTERNAL', `a worker ended with ${code}`));
    });
  });
}

async function work(jobs: readonly SweepOptions[]): Promise<void> {
  for (const job of jobs) {
    parentPort?.postMessage(await sweep(job, () => parentPort?.postMessage('run')));
  }
}
