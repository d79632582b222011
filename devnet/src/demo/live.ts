import { join } from 'node:path';
import { DEFAULT_DIR } from '../cli/arguments.js';
import { failurePrinter, shortPath, stepLine, stepPrinter } from '../cli/banner.js';
import { createOutput, type Output, paint } from '../cli/output.js';
import { aborted, catchSignals } from '../cli/signals.js';
import { announce, play } from '../cli/up.js';
import type { Devnet } from '../devnet.js';
import { hasScenarios, type ScenarioSummary, scenariosOf } from '../scenario.js';
import { startDevnet } from '../startDevnet.js';
import type { DemoOptions } from './main.js';
import { countTransactions } from './summary.js';

/** Runs until Ctrl-C; the state stays. */
export async function playLive(options: DemoOptions): Promise<number> {
  const { dir = DEFAULT_DIR, portBase, nodes } = options;
  const startedMs = performance.now();
  const output = createOutput(false);
  const signals = catchSignals();
  const { signal } = signals;
  let devnet: Devnet | undefined;
  try {
    devnet = await startDevnet({
      dir,
      portBase,
      ...(nodes === undefined ? {} : { nodes }),
      onStep: stepPrinter(output, 'kept'),
      onFailure: failurePrinter(output, signal),
    });
    await announce(devnet, output);
    if (options.exitAfterReady !== true) {
      await playOn(devnet, options.scenario, { output, signal, startedMs });
      await Promise.race([devnet.stopped, aborted(signal)]);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await devnet?.stop();
    signals.release();
  }
  output.say(`\nstopped   state ${shortPath(dir)} (kept)`);
  return 0;
}

interface Stage {
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly startedMs: number;
}

/** Plays the scenario; the network goes on if it fails. */
async function playOn(devnet: Devnet, name: string, stage: Stage): Promise<void> {
  const { output, signal, startedMs } = stage;
  output.say('');
  if (name !== 'none' && hasScenarios()) {
    try {
      for (const one of scenariosOf(name)) {
        const summary = await play(devnet, one, output, signal);
        const ms = performance.now() - startedMs;
        output.say(`\n${stepLine(`scenario "${one}"`, ms, factsOf(summary))}\n`);
        if (typeof summary.evidenceFile === 'string') {
          output.say(`  Look   ${verifyCommand(devnet, summary.evidenceFile)}\n`);
        }
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const text = error instanceof Error ? error.message : String(error);
      output.say(`\n  ${paint('red', '✘')} ${text}\n`);
    }
  }
  output.say('  Look   npx triflow receipt show wr_0007 --prove    npx triflow trace wr_0007');
  output.say(`  Break  ${command('kill 2')}`);
  output.say(`  Stop   Ctrl-C (state kept), or ${command('down --purge')}`);
}

function factsOf(summary: ScenarioSummary): string {
  const { committed, rejected } = countTransactions(summary);
  const refused = rejected === 0 ? '' : ` (${rejected} refused, as they must be)`;
  return `${committed + rejected} transactions${refused}`;
}

/** The evidence checks with no node at all. */
function verifyCommand({ dir }: Devnet, evidenceFile: string): string {
  const genesis = shortPath(join(dir, 'genesis.json'));
  return `npx triflow verify ${shortPath(evidenceFile)} --trust ${genesis}`;
}

function command(words: string): string {
  return `npx triflow devnet ${words}`;
}
