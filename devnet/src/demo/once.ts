import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, faultsMax } from '@triflow/protocol';
import { stepLine, stepPrinter } from '../cli/banner.js';
import { createOutput, type Output, paint } from '../cli/output.js';
import { textOfScenarioLine } from '../cli/scenarioLine.js';
import { catchSignals } from '../cli/signals.js';
import type { Devnet } from '../devnet.js';
import type { DevnetNode } from '../devnetNode.js';
import { readBlock, readHeight } from '../nodeReads.js';
import { playScenario, type ScenarioSummary, scenariosOf } from '../scenario.js';
import { startDevnet } from '../startDevnet.js';
import type { DemoOptions } from './main.js';
import { countTransactions, factsOf } from './summary.js';

/** How far the others go on without the one that was killed. */
const BLOCKS_WITHOUT = 3;
const DAY_MS = 86_400_000;
const POLL_MS = 50;
const CATCH_UP_MS = 60_000;

interface Killed {
  readonly node: string;
  readonly heightWhenKilled: number;
  readonly heightAfterCatchUp: number;
}

interface Played {
  /** Summaries by name. */
  readonly scenarios: Readonly<Record<string, ScenarioSummary>>;
  readonly killed: Killed | null;
}

interface NodeEnd {
  readonly id: string;
  readonly height: number;
  readonly blockHash: string | null;
  readonly stateRoot: string | null;
}

/** What `--once` found out; the scenario's own members stand beside these. */
interface OnceSummary {
  readonly validators: number;
  readonly finalHeight: number;
  readonly blockHash: string | null;
  readonly stateRoot: string | null;
  readonly nodes: readonly NodeEnd[];
  readonly killed: Killed | null;
  readonly firstBlockMs: number | null;
  readonly checks: Readonly<Record<string, boolean>>;
}

/**
 * Plays the scenario to its end, with one validator killed in the middle and started again, and
 * compares all nodes. Gives 0 when every check holds.
 */
export async function playOnce(options: DemoOptions): Promise<number> {
  const output = createOutput(false);
  const { dir, portBase, nodes } = options;
  const signals = catchSignals();
  // The summary and the evidence files go there; a missing folder is found now, not at the end.
  if (options.json !== undefined) await mkdir(dirname(resolve(options.json)), { recursive: true });
  try {
    await using devnet = await startDevnet({
      portBase,
      ...(dir === undefined ? {} : { dir }),
      ...(nodes === undefined ? {} : { nodes }),
      onStep: stepPrinter(output, dir === undefined ? 'temporary' : 'kept'),
    });
    output.say('');
    const played = await playWithCrash(devnet, options, output, signals.signal);
    const end = await compareNodes(devnet, played);
    if (options.json !== undefined) {
      const all = { ...factsOf(options.scenario, played.scenarios), ...end };
      await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
    }
    return report(end, output);
  } finally {
    signals.release();
  }
}

/** Plays what was asked for, one after the other on one network, with one crash on the way. */
async function playWithCrash(
  devnet: Devnet,
  options: DemoOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Played> {
  let crash: Promise<Killed> | undefined;
  const scenarios: Record<string, ScenarioSummary> = {};
  for (const name of scenariosOf(options.scenario)) {
    await devnet.noteScenario(name);
    const startedMs = performance.now();
    const summary = await playScenario({
      name,
      devnetFile: devnet.devnetFile,
      arguments: evidenceArguments(options, name),
      signal,
      onLine: (line) => output.say(textOfScenarioLine(line)),
      onMark: (mark) => {
        if (mark !== 'middle' || faultsMax(devnet.nodes.length) === 0) return;
        crash ??= crashOne(devnet, output);
        // It is awaited when the scenario is over; until then nobody else would take a failure.
        crash.catch(() => undefined);
      },
      onDays: (days) => {
        letPass(devnet, days, crash).catch((error: unknown) => output.say(`  ✘ ${error}`));
      },
    });
    await crash;
    const ms = Math.round(performance.now() - startedMs);
    output.say(`\n${stepLine(`scenario "${name}"`, ms, '')}\n`);
    scenarios[name] = { ...summary, ms };
  }
  return { scenarios, killed: (await crash) ?? null };
}

/** Not while a validator is down: it is started with the clock that the others have. */
async function letPass(
  devnet: Devnet,
  days: number,
  crash: Promise<unknown> | undefined,
): Promise<void> {
  await crash?.catch(() => undefined);
  await devnet.advanceClock(days * DAY_MS);
}

/** Kills the last validator, lets the others go on, starts it again and waits until it is there. */
async function crashOne(devnet: Devnet, output: Output): Promise<Killed> {
  const victim = devnet.nodes.at(-1);
  if (victim === undefined) throw new CodedError('INTERNAL', 'a devnet without nodes');
  const heightWhenKilled = (await readHeight(victim.http)) ?? 0;
  await victim.kill();
  output.say(`  ${paint('red', '✘')} ${victim.nodeId} killed at height ${heightWhenKilled}`);
  await devnet.waitForHeight({ height: heightWhenKilled + BLOCKS_WITHOUT });
  await victim.start();
  const heightAfterCatchUp = await untilCaughtUp(devnet, victim);
  output.say(`  ${paint('green', '✔')} ${victim.nodeId} is back at height ${heightAfterCatchUp}`);
  return { node: victim.nodeId, heightWhenKilled, heightAfterCatchUp };
}

/** At most one block behind the highest: the others do not stand still meanwhile. */
async function untilCaughtUp(devnet: Devnet, victim: DevnetNode): Promise<number> {
  const deadlineMs = performance.now() + CATCH_UP_MS;
  while (performance.now() < deadlineMs) {
    const heights = await Promise.all(devnet.urls.map(async (url) => (await readHeight(url)) ?? 0));
    const own = heights[victim.index] ?? 0;
    if (own > 0 && own >= Math.max(...heights) - 1) return own;
    await sleep(POLL_MS);
  }
  throw new CodedError('NODE_SYNCING', `${victim.nodeId} did not catch up in ${CATCH_UP_MS} ms`);
}

async function compareNodes(devnet: Devnet, { killed, scenarios }: Played): Promise<OnceSummary> {
  const finalHeight = await devnet.waitForHeight({ plus: 1 });
  const nodes = await Promise.all(devnet.nodes.map((node) => nodeEnd(node, finalHeight)));
  const { blockHash = null, stateRoot = null } = nodes[0] ?? {};
  const counts = Object.values(scenarios).map(countTransactions);
  const { ready } = devnet.describe();
  return {
    validators: nodes.length,
    finalHeight,
    blockHash,
    stateRoot,
    nodes,
    killed,
    firstBlockMs: ready?.ms ?? null,
    checks: {
      sameBlockHash: blockHash !== null && nodes.every((node) => node.blockHash === blockHash),
      sameStateRoot: stateRoot !== null && nodes.every((node) => node.stateRoot === stateRoot),
      transactionsCommitted: counts.every(({ committed }) => committed > 0),
      oneKilledAndBack:
        faultsMax(nodes.length) === 0 ||
        (killed !== null && killed.heightAfterCatchUp > killed.heightWhenKilled),
    },
  };
}

async function nodeEnd({ nodeId, http }: DevnetNode, height: number): Promise<NodeEnd> {
  const block = await readBlock(http, height);
  const { blockHash = null, stateRoot = null } = block ?? {};
  return { id: nodeId, height, blockHash, stateRoot };
}

/** Beside the summary, where it outlives a temporary directory. */
function evidenceArguments({ json }: DemoOptions, scenario: string): string[] {
  if (json === undefined) return [];
  return ['--evidence', join(dirname(resolve(json)), `${scenario}.evidence.json`)];
}

function report({ checks, finalHeight, nodes }: OnceSummary, output: Output): number {
  output.say('');
  for (const [name, holds] of Object.entries(checks)) {
    output.say(`  ${holds ? paint('green', '✔') : paint('red', '✘')} ${name}`);
  }
  const holdAll = Object.values(checks).every((holds) => holds);
  const found = holdAll ? 'agree' : 'do NOT all agree';
  output.say(`\n  ${nodes.length} nodes ${found} at height ${finalHeight}`);
  return holdAll ? 0 : 1;
}
