import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@triflow/protocol';
import { type Command, Option } from 'commander';
import type { Devnet, DevnetOptions } from '../devnet.js';
import { readDevnetFile } from '../devnetFile.js';
import { makeHome } from '../home.js';
import { playScenario, type ScenarioSummary } from '../scenario.js';
import { startDevnet } from '../startDevnet.js';
import {
  type CommonOptions,
  countArgument,
  DEFAULT_PORT_BASE,
  durationArgument,
  homeOf,
  storageArgument,
  verb,
} from './arguments.js';
import { endpointLines, failurePrinter, shortPath, stepPrinter } from './banner.js';
import { createOutput, type Output } from './output.js';
import { textOfScenarioLine } from './scenarioLine.js';
import { aborted, catchSignals } from './signals.js';

const POLL_MS = 50;
const DAY_MS = 86_400_000;
const PROGRAM = fileURLToPath(new URL('../../bin/triflow-devnet.mjs', import.meta.url));

export interface UpOptions extends CommonOptions {
  readonly nodes?: number;
  readonly observers?: number;
  readonly portBase: number;
  readonly storage: 'kept' | 'memory';
  readonly blockInterval?: number;
  readonly scenario?: string;
  readonly detach?: boolean;
  readonly direct?: boolean;
}

/** The options of a verb that starts a network. */
export function withUpOptions(command: Command): Command {
  return command
    .addOption(new Option('--nodes <n>', 'validators (default 4)').argParser(countArgument))
    .addOption(new Option('--observers <n>', 'nodes that only follow').argParser(countArgument))
    .option(
      '--port-base <port>',
      'first port, ten a node; 0: any',
      countArgument,
      DEFAULT_PORT_BASE,
    )
    .option('--storage <where>', 'kept or memory', storageArgument, 'kept')
    .option('--direct', 'no links between nodes: no splits, no delays, for measurements')
    .addOption(
      new Option('--block-interval <time>', 'of a new chain, such as 100ms').argParser(
        durationArgument,
      ),
    );
}

/** `up`: starts the network and keeps it until a signal or `down`. */
export function upCommand(): Command {
  return withUpOptions(verb('up', 'start a network and keep it until Ctrl-C'))
    .option('--scenario <name>', 'play a scenario once it is ready')
    .option('--detach', 'leave it running in the background')
    .action(async (options: UpOptions) => {
      await (options.detach === true ? detach(options) : keepUp(options));
    });
}

/** What a verb's options ask of `startDevnet`. */
export function devnetOptions(
  options: UpOptions,
  output: Output,
  signal: AbortSignal,
): DevnetOptions {
  const { dir, portBase, storage, nodes, observers, blockInterval, direct = false } = options;
  return {
    dir,
    portBase,
    storage,
    direct,
    ...(nodes === undefined ? {} : { nodes }),
    ...(observers === undefined ? {} : { observers }),
    ...(blockInterval === undefined ? {} : { parameters: { blockIntervalMs: blockInterval } }),
    onStep: stepPrinter(output, storage),
    onFailure: failurePrinter(output, signal),
  };
}

/** Says where a network that is ready can be reached. */
export async function announce(devnet: Devnet, output: Output): Promise<void> {
  output.emit({ event: 'ready', devnetFile: devnet.devnetFile, ...devnet.describe() });
  const endpoints = await endpointLines(devnet);
  if (!output.isJson) for (const line of ['', ...endpoints]) output.say(line);
}

/** Plays a scenario and prints what happens in it. */
export async function play(
  devnet: Devnet,
  name: string,
  output: Output,
  signal: AbortSignal,
): Promise<ScenarioSummary> {
  await devnet.noteScenario(name);
  return playScenario({
    name,
    devnetFile: devnet.devnetFile,
    signal,
    onDays: (days) => void devnet.advanceClock(days * DAY_MS),
    onLine: (line) => {
      output.emit(line);
      output.say(textOfScenarioLine(line));
    },
  });
}

async function keepUp(options: UpOptions): Promise<void> {
  const output = createOutput(options.json === true);
  const signals = catchSignals();
  let devnet: Devnet | undefined;
  try {
    devnet = await startDevnet(devnetOptions(options, output, signals.signal));
    await announce(devnet, output);
    const { signal } = signals;
    if (options.scenario !== undefined) await play(devnet, options.scenario, output, signal);
    await Promise.race([devnet.stopped, aborted(signal)]);
  } catch (error) {
    if (!signals.signal.aborted) throw error;
  } finally {
    await devnet?.stop();
    signals.release();
  }
  output.say(`stopped   state ${shortPath(options.dir)} (${options.storage})`);
  output.emit({ event: 'stopped' });
}

/** The same program again, without this terminal; done when it is ready. */
async function detach(options: UpOptions): Promise<void> {
  const output = createOutput(options.json === true);
  const home = homeOf(options);
  await makeHome(home.dir);
  const logFile = join(home.dir, 'devnet.log');
  const log = openSync(logFile, 'w');
  const args = process.argv.slice(2).filter((text) => text !== '--detach');
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  const { pid } = child;
  for (;;) {
    const description = await readDevnetFile(home.description).catch(() => undefined);
    if (description !== undefined && description.pid === pid) {
      output.emit({ event: 'ready', devnetFile: home.description, ...description });
      output.say(`running in the background (pid ${pid})   log ${shortPath(logFile)}`);
      break;
    }
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      const words = (await readFile(logFile, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
      throw new CodedError('INTERNAL', `it did not start: ${words}`);
    }
    await sleep(POLL_MS);
  }
  child.unref();
}
