import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { loadMutants } from '../mutants/mutant.js';
import {
  type CampaignState,
  type ChunkEnd,
  campaignStateSchema,
  freshState,
  runCampaign,
} from './campaign.js';
import { reportText } from './reportText.js';
import { type Chunk, createStages, type Stage } from './stages.js';

/** After this a chunk that was asked to end is made to. */
const GRACE_MS = 10_000;
// This file is test/dist/campaign/main.js when it runs.
const programs = fileURLToPath(new URL('..', import.meta.url));
const mutantsFolder = fileURLToPath(new URL('../../mutants', import.meta.url));

interface Options {
  readonly minutes: number;
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  readonly out: string;
  readonly fresh?: boolean;
  readonly workers: number;
}

await main();

/** `pnpm campaign`: everything that runs for hours before a release, with a report. */
async function main(): Promise<void> {
  const options = new Command('campaign')
    .description('simulated seeds, second opinion, crash points, mutants, devnets: for hours')
    .requiredOption('--minutes <n>', 'how long', Number)
    .option('--only <stages...>', 'these stages alone')
    .option('--without <stages...>', 'all but these stages')
    .option('--out <dir>', 'state and reports; a campaign there goes on', '.triflow/campaign')
    .option('--fresh', 'begin anew, whatever stands there')
    .option('--workers <n>', 'threads of a stage', Number, availableParallelism())
    .parse()
    .opts<Options>();
  const out = resolve(options.out);
  mkdirSync(out, { recursive: true });
  const { minutes, workers } = options;
  if (!(minutes > 0)) throw new CodedError('REQUEST_INVALID', '--minutes: a number above 0');
  const mutants = loadMutants(mutantsFolder);
  const stages = chosenStages(createStages({ workers, minutes, mutants, out }), options);
  const file = join(out, 'campaign.json');
  if (options.fresh === true) rmSync(file, { force: true });
  const save = (state: CampaignState): void => {
    writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
    renameSync(`${file}.new`, file);
    writeFileSync(join(out, 'report.txt'), reportText(state, stages));
  };
  const state = await runCampaign({
    stages,
    state: readState(file),
    minutes,
    run: runChunk,
    save,
    say: (line) => process.stderr.write(`${line}\n`),
    nowMs: () => performance.now(),
  });
  save(state);
  process.stdout.write(reportText(state, stages));
  const failed = stages.some(({ name }) => (state.stages[name]?.failures.length ?? 0) > 0);
  const idle = stages.filter(({ name }) => (state.stages[name]?.cases ?? 0) === 0);
  if (idle.length > 0) {
    const names = idle.map(({ name }) => name).join(', ');
    process.stdout.write(`nothing was done of ${names}: give it more minutes\n`);
  }
  process.exitCode = failed || idle.length === stages.length ? 1 : 0;
}

function chosenStages(
  all: readonly Stage[],
  { only, without = [] }: Pick<Options, 'only' | 'without'>,
): readonly Stage[] {
  const names = all.map(({ name }) => name);
  const unknown = [...(only ?? []), ...without].find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new CodedError('REQUEST_INVALID', `no stage ${unknown}: ${names.join(', ')}`);
  }
  return all.filter(({ name }) => (only?.includes(name) ?? true) && !without.includes(name));
}

function readState(file: string): CampaignState {
  if (!existsSync(file)) return freshState(new Date().toISOString());
  return campaignStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A process for each chunk, in a group of its own: what breaks or hangs there breaks nothing here. */
function runChunk({ program, args, command }: Chunk, limitMs: number): Promise<ChunkEnd> {
  process.stderr.write(`> ${command}\n`);
  return new Promise((done, reject) => {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const path = join(programs, program);
    const child = spawn(process.execPath, [path, ...args], { stdio: [...stdio], detached: true });
    let output = '';
    let cut = false;
    child.stdout?.on('data', (text: Buffer) => {
      output += text.toString();
    });
    const end = (signal: NodeJS.Signals): void => {
      cut = true;
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    };
    const late = setTimeout(() => end('SIGINT'), limitMs);
    const last = setTimeout(() => end('SIGKILL'), limitMs + GRACE_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(late);
      clearTimeout(last);
      done({ output, code, cut });
    });
  });
}
