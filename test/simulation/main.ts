import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Command, Option } from 'commander';
import { type Profile, profiles } from './plan.js';
import { runSeed, type SeedReport } from './runSeed.js';
import { runSeedPool } from './seedPool.js';

const PROGRESS_MS = 5_000;
const TRACE_LINES = 200;

interface Job {
  readonly seeds: readonly number[];
  readonly profile: Profile;
  readonly nodes: number | undefined;
  readonly realSignatures: boolean | undefined;
}

type Line = Pick<
  SeedReport,
  'seed' | 'failures' | 'commits' | 'transactions' | 'accused' | 'crashes' | 'healedInMs'
> & { readonly real: boolean };

interface Totals {
  seeds: number;
  failed: number[];
  /** The command that replays each failed seed. */
  replay: string[];
  commits: number;
  transactions: number;
  accused: number;
  crashes: number;
  real: number;
  slowestHealMs: number;
}

if (isMainThread) await main();
else await work(workerData as Job);

/** `pnpm simulate`: many seeds in parallel workers, or one with its trace. */
async function main(): Promise<void> {
  const program = new Command('simulate')
    .description('whole networks on virtual time; one seed decides everything')
    .option('--seed <n>', 'replay one seed and print what each node knew', Number)
    .option('--seeds <n>', 'how many seeds to run', Number, 200)
    .option('--from <n>', 'the first seed', Number, 1)
    .option('--nodes <n>', 'validators; drawn by the seed when left out', Number)
    .option('--real', 'Ed25519 in every seed; in some when left out')
    .option('--workers <n>', 'threads', Number, availableParallelism())
    .addOption(new Option('--profile <name>', 'which faults').choices(profiles).default('all'))
    .option('--json', 'a summary as JSON');
  const options = program.parse().opts();
  const { seed, nodes, profile, real } = options;
  if (seed !== undefined) {
    const asked = { seed, nodes, profile, realSignatures: real };
    const report = await runSeed({ ...asked, keepTrace: true });
    const { trace, ...rest } = report;
    process.stderr.write(`${trace.slice(-TRACE_LINES).join('\n')}\n`);
    process.stdout.write(`${JSON.stringify(rest, null, 2)}\n`);
    process.exitCode = report.failures.length === 0 ? 0 : 1;
    return;
  }
  const totals = await runMany(options as never);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(totals)}\n`
      : `${totals.seeds} seeds, ${totals.failed.length} failed, ${totals.commits} commits, ` +
          `${totals.crashes} crashes, ${totals.accused} equivocations proved, ` +
          `${totals.real} with real signatures\n`,
  );
  process.exitCode = totals.failed.length === 0 && totals.seeds > 0 ? 0 : 1;
}

async function runMany(options: {
  seeds: number;
  from: number;
  workers: number;
  nodes: number | undefined;
  real: true | undefined;
  profile: Profile;
}): Promise<Totals> {
  const { seeds, from, workers, nodes, profile, real } = options;
  const totals: Totals = {
    seeds: 0,
    failed: [],
    replay: [],
    commits: 0,
    transactions: 0,
    accused: 0,
    crashes: 0,
    real: 0,
    slowestHealMs: 0,
  };
  const startedMs = performance.now();
  const say = (): void => {
    const perSecond = totals.seeds / ((performance.now() - startedMs) / 1_000);
    const left = Math.round((seeds - totals.seeds) / Math.max(perSecond, 0.01));
    process.stderr.write(
      `${totals.seeds}/${seeds} seeds, ${totals.failed.length} failed, ` +
        `${perSecond.toFixed(1)}/s, ${left} s left\n`,
    );
  };
  const progress = setInterval(say, PROGRESS_MS);
  const command = (seed: number): string => {
    const words = [
      ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
      ...(profile === 'all' ? [] : [`--profile ${profile}`]),
      ...(real === undefined ? [] : ['--real']),
    ];
    return [`pnpm simulate --seed ${seed}`, ...words].join(' ');
  };
  await runSeedPool<Line>({
    seeds: Array.from({ length: seeds }, (_, index) => from + index),
    workers,
    open: (list) => {
      const job: Job = { seeds: list, nodes, profile, realSignatures: real };
      return new Worker(fileURLToPath(import.meta.url), { workerData: job });
    },
    onLine: (line) => count(totals, line, command),
    onBroken: (seed, reason) => {
      totals.seeds += 1;
      noteFailure(totals, seed, reason, command);
    },
  });
  clearInterval(progress);
  say();
  return totals;
}

function count(totals: Totals, line: Line, command: (seed: number) => string): void {
  totals.seeds += 1;
  totals.commits += line.commits;
  totals.transactions += line.transactions;
  totals.accused += line.accused;
  totals.crashes += line.crashes;
  totals.real += line.real ? 1 : 0;
  totals.slowestHealMs = Math.max(totals.slowestHealMs, line.healedInMs);
  const [failure] = line.failures;
  if (failure !== undefined) noteFailure(totals, line.seed, failure, command);
}

function noteFailure(
  totals: Totals,
  seed: number,
  failure: string,
  command: (seed: number) => string,
): void {
  totals.failed.push(seed);
  totals.replay.push(command(seed));
  process.stderr.write(`seed ${seed}: ${failure}\n  replay: ${command(seed)}\n`);
}

async function work({ seeds, ...asked }: Job): Promise<void> {
  for (const seed of seeds) {
    const report = await runSeed({ seed, ...asked });
    const { failures, commits, transactions, accused, crashes, healedInMs, plan } = report;
    const counts = { commits, transactions, accused, crashes, healedInMs };
    const line: Line = { seed, failures, ...counts, real: plan.realSignatures };
    // A rejection that nobody handled is thrown before the next turn: in its own seed.
    await nextTurn();
    parentPort?.postMessage(line);
  }
}
