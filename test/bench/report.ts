import { loadavg } from 'node:os';
import { defined } from '@triflow/protocol';
import type { LoadRuns } from './loadRuns.js';
import type { CatchUpFigures } from './stages/catchUp.js';
import type { ExecutionFigures } from './stages/execution.js';
import type { ExplorerFigures } from './stages/explorerPages.js';
import type { IdleFigures } from './stages/idleLatency.js';
import type { StepFigures } from './stages/nodeSteps.js';
import type { PenetrateFigures } from './stages/penetrate.js';
import type { SignatureLimit } from './stages/signatureLimit.js';
import type { ReadFigures } from './stages/verifiedReads.js';
import { percentile, plainNumber, type Spread } from './statistics.js';

const MIB = 1_048_576;
const EXECUTION_TARGET_US = 100;
const NAME_COLUMNS = 10;

/** What the stand-alone stage found. */
export function limitLines({ verifyUs, transactionsPerSecond }: SignatureLimit): string[] {
  return lines('limit', [
    `Ed25519 ${plainNumber(verifyUs.median)} us a verification`,
    `${plainNumber(transactionsPerSecond)} tx/s if the nodes did nothing else`,
  ]);
}

/** What one execution of a command costs: the costliest by name, the rest in one line. */
export function executionLines({ commands }: ExecutionFigures): string[] {
  const all = Object.entries(commands);
  const slow = all.filter(([, us]) => us > EXECUTION_TARGET_US);
  const middle = percentile(
    all.map(([, us]) => us),
    500,
  );
  return lines('execution', [
    `${all.length} commands, median ${plainNumber(middle)} us, ` +
      `${slow.length} over ${EXECUTION_TARGET_US} us`,
    ...slow.map(([command, us]) => `${plainNumber(us).padStart(6)} us  ${command}`),
  ]);
}

/** What a node's own steps cost for one transaction. */
export function stepLines({ us, verificationsWorth, replayWorth }: StepFigures): string[] {
  const steps = Object.entries(us).map(([name, spent]) => `${name} ${plainNumber(spent)} us`);
  return lines('steps', [
    `${steps.join(', ')} a transaction`,
    `on all nodes worth ${plainNumber(verificationsWorth)} verifications beside those it makes, ` +
      `in catch-up ${plainNumber(replayWorth)}`,
  ]);
}

/** Latency on an idle network. */
export function idleLines({ transactions, p50, p95, min, max }: IdleFigures): string[] {
  return lines('idle', [
    `p50 ${plainNumber(p50)} ms, p95 ${plainNumber(p95)} ms ` +
      `(${plainNumber(min)} to ${plainNumber(max)}), ${transactions} transactions`,
  ]);
}

/** Runs of a load: rates, latency, what they cost. */
export function loadLines(name: string, runs: LoadRuns, nodes: number): string[] {
  const last = defined(runs.runs.at(-1), 'report: a run');
  const { shareOfLimit } = runs;
  const share =
    shareOfLimit === undefined ? '' : `, ${plainNumber(shareOfLimit * 100)} % of the limit`;
  const isSingle = last.commandsPerSecond === last.transactionsPerSecond;
  const commands = isSingle ? '' : `${spread(runs.commandsPerSecond)} commands/s in `;
  const memory = Math.max(...runs.runs.flatMap((run) => run.memoryBytes)) / MIB;
  return lines(name, [
    `${commands}${spread(runs.transactionsPerSecond)} tx/s final${share}`,
    `p50 ${plainNumber(runs.p50Ms.median)} ms, p95 ${spread(runs.p95Ms)} ms`,
    `processor ${plainNumber(runs.processorUsAllNodes.median)} us a transaction on all nodes, ` +
      `worth ${spread(runs.verificationsWorth)} verifications, of which ${nodes} are made`,
    `${plainNumber(last.transactionsPerBlock)} tx a block, ` +
      `load ${plainNumber(last.processorUs.load)} us a transaction, ` +
      `${plainNumber(last.processorsBusy)} processors busy, ` +
      `${last.rejected} rejected, ${last.refused} refused, ` +
      `largest validator ${plainNumber(memory)} MiB, ` +
      `machine load ${plainNumber(loadavg()[0] ?? 0)}`,
  ]);
}

/** How fast a node came back. */
export function catchUpLines(done: CatchUpFigures): string[] {
  return lines('catchup', [
    `${plainNumber(done.transactionsPerSecond)} tx/s: ${done.transactions} transactions in ` +
      `${done.blocks} blocks, ${plainNumber(done.seconds)} s from serving again to the head`,
    `${plainNumber(done.transactionsPerSecondFetching)} tx/s from its first block on, ` +
      `processor ${plainNumber(done.processorUs)} us a transaction`,
  ]);
}

/** Reads with proof. */
export function readLines(reads: ReadFigures): string[] {
  return lines('reads', [
    `${plainNumber(reads.readsPerSecond)} verified reads/s, ` +
      `p50 ${plainNumber(reads.p50Ms)} ms, p95 ${plainNumber(reads.p95Ms)} ms`,
    `processor ${plainNumber(reads.nodeUs)} us in the node, ` +
      `${plainNumber(reads.readerUs)} us in the reader`,
  ]);
}

/** A penetration query over a large tree. */
export function penetrateLines(done: PenetrateFigures): string[] {
  return lines('penetrate', [
    `${plainNumber(done.claims)} claims in ${plainNumber(done.medianMs)} ms ` +
      `(at most ${plainNumber(done.maxMs)}, the first ${plainNumber(done.firstMs)})`,
    `processor ${plainNumber(done.nodeMs)} ms in the node, ` +
      `worth ${plainNumber(done.verificationsWorth)} verifications`,
  ]);
}

export function explorerLines(done: ExplorerFigures): string[] {
  const ms = (value: number) => `${plainNumber(value)} ms`;
  return lines('explorer', [
    `${plainNumber(done.receipts)} receipts; first visit ${ms(done.firstVisitMs)}, ` +
      `list ${ms(done.listMs)}, filtered ${ms(done.filteredMs)}, 100 more ${ms(done.nextRowsMs)}`,
    `search ${ms(done.searchMs)}, record ${ms(done.recordMs)}, verified ${ms(done.verifyMs)}`,
    `${plainNumber(done.rowsLoaded)} rows loaded: ${plainNumber(done.rowsDrawn)} drawn, ` +
      `${plainNumber(done.heapMib)} MiB of script memory`,
  ]);
}

/** Text behind a stage's name, and further lines under it. */
export function lines(name: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `${(index === 0 ? name : '').padEnd(NAME_COLUMNS)}${text}`);
}

function spread({ median, min, max }: Spread): string {
  return `${plainNumber(median)} (${plainNumber(min)} to ${plainNumber(max)})`;
}
