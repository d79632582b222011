import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isTriflowError } from '@triflow/sdk';
import { openCast } from './cast.js';
import { RUN_PATTERN } from './fuelOil/names.js';
import { jsonReporter, type Output, textReporter } from './reporter.js';
import { ScenarioError } from './scenarioError.js';
import { playScenario, scenarioNames } from './scenarios.js';

const USAGE =
  `usage: triflow-seeds ${scenarioNames.join('|')} --devnet devnet.json ` +
  '[--json] [--run NAME] [--evidence FILE] [--pace MS] [--clock-follows]';
const PACE_MS_MAX = 600_000;

interface Arguments {
  readonly play: NonNullable<ReturnType<typeof playScenario>>;
  readonly devnet: string;
  readonly json: boolean;
  readonly run?: string;
  readonly evidence?: string;
  readonly paceMs: number;
  readonly clockFollows: boolean;
}

/** Plays the scenario named. Exit code 0, 1 when it fails, 2 when it was asked for wrongly. */
export async function runSeeds(args: readonly string[], out: Output): Promise<number> {
  try {
    const asked = readArguments(args);
    const report = asked.json ? jsonReporter(out) : textReporter(out);
    const cast = await openCast(asked.devnet);
    const summary = await asked.play({
      cast,
      report,
      directory: dirname(resolve(asked.devnet)),
      paceMs: asked.paceMs,
      clockFollows: asked.clockFollows,
      ...(asked.run === undefined ? {} : { run: asked.run }),
      ...(asked.evidence === undefined ? {} : { evidenceFile: resolve(asked.evidence) }),
    });
    report({ event: 'done', ...summary });
    return 0;
  } catch (error) {
    out.stderr(`${sentenceOf(error)}\n`);
    return isTriflowError(error, 'SCENARIO_USAGE') ? 2 : 1;
  }
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [scenario, ...others] = positionals;
  const play = playScenario(scenario ?? '');
  if (play === undefined || others.length > 0 || values.devnet === undefined) {
    throw new ScenarioError('SCENARIO_USAGE', USAGE);
  }
  const { devnet, json = false, run, evidence, pace = '0' } = values;
  if (run !== undefined && !RUN_PATTERN.test(run)) {
    throw new ScenarioError('SCENARIO_USAGE', `--run: 1 to 20 of a-z, 0-9 and -, not ${run}`);
  }
  const paceMs = /^[0-9]{1,6}$/.test(pace) ? Number(pace) : Number.NaN;
  if (!(paceMs <= PACE_MS_MAX)) {
    throw new ScenarioError('SCENARIO_USAGE', `--pace: 0 to ${PACE_MS_MAX} ms, not ${pace}`);
  }
  return {
    play,
    clockFollows: values['clock-follows'] === true,
    devnet,
    json,
    paceMs,
    ...(run === undefined ? {} : { run }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        devnet: { type: 'string' },
        json: { type: 'boolean' },
        run: { type: 'string' },
        evidence: { type: 'string' },
        pace: { type: 'string' },
        'clock-follows': { type: 'boolean' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('SCENARIO_USAGE', `${message}; ${USAGE}`);
  }
}

/** One sentence: the code for programs, the message for people. */
function sentenceOf(error: unknown): string {
  if (!isTriflowError(error)) return error instanceof Error ? error.message : String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.code}: ${error.message}${cause}`.replaceAll('\n', ' ');
}
