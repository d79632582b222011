import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defined } from '@triflow/protocol';
import { BenchNetwork } from './benchNetwork.js';
import {
  closedLoop,
  commitAll,
  type LoadFigures,
  openLoop,
  openLoopBatch,
  transactionsNeeded,
} from './load.js';
import { type LoadRuns, loadRunsOf } from './loadRuns.js';
import type { BenchOptions, StageName } from './options.js';
import { folderBytes } from './processUse.js';
import {
  catchUpLines,
  executionLines,
  explorerLines,
  idleLines,
  limitLines,
  lines,
  loadLines,
  penetrateLines,
  readLines,
  stepLines,
} from './report.js';
import type { Batch } from './signing.js';
import { type CatchUpFigures, catchUp } from './stages/catchUp.js';
import { type ExecutionFigures, execution } from './stages/execution.js';
import { type ExplorerFigures, explorerPages } from './stages/explorerPages.js';
import { type IdleFigures, idleLatency } from './stages/idleLatency.js';
import { nodeSteps, type StepFigures } from './stages/nodeSteps.js';
import { type PenetrateFigures, penetrate } from './stages/penetrate.js';
import { type SignatureLimit, signatureLimit } from './stages/signatureLimit.js';
import { type ReadFigures, verifiedReads } from './stages/verifiedReads.js';
import { plainNumber } from './statistics.js';
import { type Workload, workloads } from './workloads.js';

const SENDERS = 32;
const COMMANDS_MANY = 100;
const BATCH_MANY = 2;
/** Part of the warm-up that large transactions get, for each of them does much more. */
const WARM_UP_MANY_SHARE = 1 / 30;
const OPEN_SHARE = 0.7;
/** Signed ahead in excess of what the last run used, lest a faster run ends early. */
const MARGIN = 1.4;
/** Stages that need no network. */
const ALONE: readonly StageName[] = ['limit', 'execution', 'steps'];
const LOAD_STAGES: readonly StageName[] = ['closed', 'open', 'commands', 'state'];

export interface BenchFigures {
  limit?: SignatureLimit;
  execution?: ExecutionFigures;
  steps?: StepFigures;
  idle?: IdleFigures;
  closed?: LoadRuns;
  /** Of one node, everything included, over the closed loop. */
  diskBytesPerTransaction?: number;
  open?: LoadRuns & { readonly offeredPerSecond: number };
  commands?: LoadRuns;
  catchup?: CatchUpFigures;
  reads?: ReadFigures;
  penetrate?: PenetrateFigures;
  explorer?: ExplorerFigures;
  state?: LoadRuns & { readonly keys: number; readonly relative: number };
}

/** Runs the stages asked for over one network and says what they gave. */
export async function runStages(
  options: BenchOptions,
  say: (lines: readonly string[]) => void,
): Promise<BenchFigures> {
  const figures: BenchFigures = {};
  if (options.only.has('limit')) {
    figures.limit = signatureLimit(options.nodes);
    say(limitLines(figures.limit));
  }
  if (options.only.has('execution')) {
    figures.execution = execution();
    say(executionLines(figures.execution));
  }
  const workload = defined(workloads.get(options.workload), 'bench: the workload');
  if (options.only.has('steps')) {
    const { warmUp: transactions, nodes } = options;
    figures.steps = await nodeSteps({ workload, transactions, nodes });
    say(stepLines(figures.steps));
  }
  if ([...options.only].every((name) => ALONE.includes(name))) return figures;
  const { nodes, blockIntervalMs } = options;
  const profile = await profileFolder(options);
  const seeded = options.only.has('explorer') ? { receipts: options.receipts } : {};
  const base = { nodes, blockIntervalMs, senders: SENDERS, profile };
  const network = await BenchNetwork.start({ ...base, ...seeded });
  try {
    const stages = new Stages({ options, network, figures, workload, say });
    await stages.run();
  } finally {
    await network.stop();
  }
  return figures;
}

interface StageParts {
  readonly options: BenchOptions;
  readonly network: BenchNetwork;
  readonly figures: BenchFigures;
  readonly workload: Workload;
  readonly say: (lines: readonly string[]) => void;
}

interface SignOptions {
  readonly transactions: number;
  readonly commands: number;
  readonly batch: number;
  readonly workload?: Workload;
}

/** The stages in their order; each learns from the one before how much must be signed ahead. */
class Stages {
  readonly #parts: StageParts;
  #perSecond = 0;

  constructor(parts: StageParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { only } = this.#parts.options;
    if (only.has('explorer')) return this.#explorer();
    for (const workload of workloads.values()) await this.#parts.network.prepare(workload);
    if (only.has('idle')) await this.#idle();
    if (LOAD_STAGES.some((name) => only.has(name))) await this.#warmUp();
    if (only.has('closed')) await this.#closed();
    if (only.has('open')) await this.#open();
    if (only.has('commands')) await this.#commands();
    if (only.has('catchup')) await this.#catchUp();
    if (only.has('reads')) await this.#reads();
    if (only.has('penetrate')) await this.#penetrate();
    if (only.has('state')) await this.#state();
  }

  async #idle(): Promise<void> {
    const { options, network, workload, figures, say } = this.#parts;
    figures.idle = await idleLatency(network, workload, options.idle);
    say(idleLines(figures.idle));
  }

  /** Lets the code of all nodes become hot, and learns for what rate to sign. */
  async #warmUp(): Promise<void> {
    const { options, say } = this.#parts;
    const startMs = performance.now();
    const { warmUp, batch } = options;
    const batches = await this.#sign({ transactions: warmUp, commands: 1, batch });
    const signingUs = ((performance.now() - startMs) * 1_000) / warmUp;
    this.#perSecond = await this.#rateOf(batches);
    const text =
      `${warmUp} transactions at ${plainNumber(this.#perSecond)} a second; ` +
      `signing costs ${plainNumber(signingUs)} us each, before the clock starts`;
    say(lines('warm-up', [text]));
  }

  async #closed(): Promise<void> {
    const { options, figures, say } = this.#parts;
    const before = await this.#disk();
    const runs = await this.#closedRuns(1, options.batch);
    const after = await this.#disk();
    const bytes = (after.bytes - before.bytes) / (after.transactions - before.transactions);
    figures.closed = runs;
    figures.diskBytesPerTransaction = bytes;
    this.#perSecond = runs.transactionsPerSecond.median;
    say(loadLines('closed', runs, options.nodes));
    say(lines('', [`disk ${plainNumber(bytes)} bytes a transaction on each node`]));
  }

  async #open(): Promise<void> {
    const { options, network, figures, say } = this.#parts;
    const { rate, seconds, rampSeconds, nodes } = options;
    const offered = rate > 0 ? rate : Math.round(this.#perSecond * OPEN_SHARE);
    const batch = openLoopBatch(offered);
    const transactions = transactionsNeeded(offered, seconds + rampSeconds);
    const list: LoadFigures[] = [];
    for (let run = 0; run < options.runs; run += 1) {
      const batches = await this.#sign({ transactions, commands: 1, batch });
      const load = { network, batches, commandsEach: 1, seconds, rampMs: rampSeconds * 1_000 };
      list.push(await openLoop({ ...load, transactionsPerSecond: offered }));
    }
    const runs = loadRunsOf(list, figures.limit?.transactionsPerSecond);
    figures.open = { ...runs, offeredPerSecond: offered };
    say(lines('open', [`${plainNumber(offered)} tx/s offered, ${batch} a request`]));
    say(loadLines('', runs, nodes));
  }

  async #commands(): Promise<void> {
    const { options, figures, say } = this.#parts;
    const rate = this.#perSecond;
    const transactions = Math.ceil(options.warmUp * WARM_UP_MANY_SHARE);
    const sign = { transactions, commands: COMMANDS_MANY, batch: BATCH_MANY };
    this.#perSecond = await this.#rateOf(await this.#sign(sign));
    figures.commands = await this.#closedRuns(COMMANDS_MANY, BATCH_MANY);
    this.#perSecond = rate;
    say(loadLines('commands', figures.commands, options.nodes));
  }

  async #catchUp(): Promise<void> {
    const { options, network, workload, figures, say } = this.#parts;
    const { missed: transactions, batch, clients } = options;
    figures.catchup = await catchUp({ network, workload, transactions, batch, clients });
    say(catchUpLines(figures.catchup));
  }

  async #reads(): Promise<void> {
    const { options, network, figures, say } = this.#parts;
    figures.reads = await verifiedReads(network, options.seconds);
    say(readLines(figures.reads));
  }

  async #penetrate(): Promise<void> {
    const { options, network, figures, say } = this.#parts;
    figures.penetrate = await penetrate(network, options.claims);
    say(penetrateLines(figures.penetrate));
  }

  async #explorer(): Promise<void> {
    const { options, network, figures, say } = this.#parts;
    figures.explorer = await explorerPages(network, options.receipts);
    say(explorerLines(figures.explorer));
  }

  /** Fills the state, then measures the closed loop again. */
  async #state(): Promise<void> {
    const { options, figures, say } = this.#parts;
    const { keys, batch, nodes } = options;
    const small = figures.closed ?? (await this.#closedRuns(1, batch));
    const workload = defined(workloads.get('payment'), 'bench: the workload that fills the state');
    const commands = COMMANDS_MANY;
    const transactions = Math.ceil(keys / workload.keysEach / commands);
    const sign = { transactions, commands, batch: BATCH_MANY, workload };
    const rate = await this.#rateOf(await this.#sign(sign));
    const runs = await this.#closedRuns(1, batch);
    const relative = runs.transactionsPerSecond.median / small.transactionsPerSecond.median;
    figures.state = { ...runs, keys, relative };
    const text =
      `${plainNumber(keys)} more keys, filled at ${plainNumber(rate * commands)} commands/s: ` +
      `${plainNumber(relative)} of the rate before`;
    say(lines('state', [text]));
    say(loadLines('', runs, nodes));
  }

  async #closedRuns(commandsEach: number, batch: number): Promise<LoadRuns> {
    const { network, options, figures } = this.#parts;
    const { seconds, rampSeconds, clients } = options;
    const rampMs = rampSeconds * 1_000;
    const list: LoadFigures[] = [];
    let perSecond = this.#perSecond;
    for (let run = 0; run < options.runs; run += 1) {
      const transactions = transactionsNeeded(perSecond * MARGIN, seconds + rampSeconds);
      const batches = await this.#sign({ transactions, commands: commandsEach, batch });
      const load = { network, batches, commandsEach, seconds, rampMs };
      const done = await closedLoop({ ...load, clients });
      list.push(done);
      perSecond = Math.max(perSecond, done.transactionsPerSecond);
    }
    return loadRunsOf(list, figures.limit?.transactionsPerSecond);
  }

  async #rateOf(batches: readonly Batch[]): Promise<number> {
    const { network, options } = this.#parts;
    const startMs = performance.now();
    await commitAll(network.nodes, batches, options.clients);
    const transactions = batches.reduce((sum, batch) => sum + batch.length, 0);
    return (transactions * 1_000) / (performance.now() - startMs);
  }

  async #sign(options: SignOptions): Promise<Batch[]> {
    const { network } = this.#parts;
    const { transactions, commands, batch, workload = this.#parts.workload } = options;
    return network.signing.batches({
      workload,
      batches: Math.ceil(transactions / batch),
      transactions: batch,
      commands,
      validUntilHeight: await network.lastValidHeight(),
    });
  }

  async #disk(): Promise<{ readonly bytes: number; readonly transactions: number }> {
    const { home, client } = this.#parts.network.node(0);
    const [bytes, counts] = await Promise.all([folderBytes(join(home, 'data')), client.counts()]);
    return { bytes, transactions: counts.committed + counts.rejected };
  }
}

async function profileFolder({ profile }: BenchOptions): Promise<string | undefined> {
  if (profile === undefined) return undefined;
  const folder = resolve(profile);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}
