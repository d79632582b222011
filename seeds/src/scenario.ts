import { dirname, join } from 'node:path';
import type { Cast } from './cast.js';
import type { Reporter } from './reporter.js';
import { ScenarioError } from './scenarioError.js';
import type { Tally } from './stage.js';

const RUNS_MAX = 999;
/** A network that is down is found out soon. */
export const PROBE_MS = 10_000;

/** What every scenario is played with. */
export interface ScenarioOptions {
  readonly cast: Cast;
  readonly report: Reporter;
  /** Where evidence goes when no file is named. */
  readonly directory: string;
  /** Ids of this run end with it; left out, the next that is free. */
  readonly run?: string;
  readonly evidenceFile?: string;
  /** Rest between the days of a series. */
  readonly paceMs?: number;
  /** Whether somebody moves the ledger's clock when the mark `days` asks for it. */
  readonly clockFollows?: boolean;
}

/** What every scenario comes to; its own members stand beside these. */
export interface ScenarioSummary {
  readonly scenario: string;
  readonly run: string;
  readonly transactions: {
    readonly committed: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly readsVerified: number;
  /** What came through gateways: EPCIS events, and readings of devices. */
  readonly gateways: { readonly events: number; readonly readings: number };
  readonly parties: number;
  readonly evidenceFile: string;
}

/** What the stage counted, as a summary has it. */
export function countsOf(tally: Tally) {
  const { committed, rejected, readsVerified, parties, captured: events, readings } = tally;
  return {
    transactions: { committed, rejected },
    readsVerified,
    gateways: { events, readings },
    parties: parties.size,
  };
}

/**
 * The run asked for, or the first that was not played on this network yet; the first has no name.
 * Throws `SCENARIO_RUN_TAKEN`.
 */
export async function chooseRun(
  asked: string | undefined,
  isFree: (run: string) => Promise<boolean>,
): Promise<string> {
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    const message = `the run "${asked}" was played here: name another one`;
    throw new ScenarioError('SCENARIO_RUN_TAKEN', message);
  }
  for (let number = 1; number <= RUNS_MAX; number += 1) {
    const run = number === 1 ? '' : String(number);
    if (await isFree(run)) return run;
  }
  throw new ScenarioError('SCENARIO_RUN_TAKEN', `${RUNS_MAX} runs were played here: name one`);
}

/** Where the evidence of a run goes. */
export function evidenceFileOf(
  scenario: string,
  run: string,
  { evidenceFile, directory }: Pick<ScenarioOptions, 'directory' | 'evidenceFile'>,
): string {
  const name = run === '' ? scenario : `${scenario}-${run}`;
  return evidenceFile ?? join(directory, `${name}.evidence.json`);
}

/** A second file beside one: `a.evidence.json` and `second` give `a.second.evidence.json`. */
export function besideOf(path: string, title: string): string {
  const name = path.slice(dirname(path).length).replace(/^[/\\]/, '');
  const [stem = name] = name.split('.');
  return join(dirname(path), `${stem}.${title}${name.slice(stem.length)}`);
}
