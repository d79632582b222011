import { faultsMax } from '@triflow/protocol';
import { Command } from 'commander';
import { explore } from './explore.js';
import { randomRun } from './randomRun.js';
import { drawTwins, playTwins, type TwinScenario, twinScenarios } from './twins.js';

interface Options {
  readonly rounds: number;
  readonly liars: readonly string[];
  readonly statesMax?: number;
  readonly order?: number;
  readonly twins?: true;
  readonly every: number;
  readonly nodes: number;
  readonly scenarios?: number;
  readonly runs?: number;
  readonly from: number;
  readonly compare: boolean;
}

const SIZES = [4, 4, 5, 7];
const REPORTED = 3;

/** `pnpm explore`: more rounds, more scenarios and more runs than every change can pay for. */
function main(): void {
  const options = new Command('explore')
    .description('the agreement core in every order of events, among twins, or at random')
    .option('--rounds <n>', 'rounds that may begin, or in which twins are divided', Number, 1)
    .option('--liars <seats...>', 'the seats that lie', ['0'])
    .option('--states-max <n>', 'ends unfinished above so many states', Number)
    .option('--order <seed>', 'tries steps in another order', Number)
    .option('--no-compare', 'leaves the second opinion out')
    .option('--twins', 'every division of the rounds, with a seat in two copies')
    .option('--every <n>', 'only one in so many scenarios of twins', Number, 1)
    .option('--nodes <n>', 'seats of drawn scenarios of twins', Number, 7)
    .option('--scenarios <n>', 'draws so many scenarios of twins', Number)
    .option('--runs <n>', 'random runs beside the second opinion', Number)
    .option('--from <n>', 'the first seed', Number, 1)
    .parse()
    .opts<Options>();
  if (options.runs !== undefined) runRandom(options, options.runs);
  else if (options.scenarios !== undefined) playDrawn(options, options.scenarios);
  else if (options.twins === true) runTwins(options);
  else runExplore(options);
}

function runExplore({ rounds, liars, statesMax, order, compare }: Options): void {
  const report = explore({
    n: 4,
    rounds,
    liars: liars.map(Number),
    statesMax,
    order,
    compares: compare,
    onProgress: (states) => process.stderr.write(`${states} states\n`),
  });
  const { failures, states, places, steps, decided, complete } = report;
  const end = complete ? 'all' : 'unfinished';
  say(`${states} states of all, ${places} of one, ${steps} steps, ${decided} can decide: ${end}`);
  conclude(failures, states);
}

function runTwins({ rounds, every }: Options): void {
  const failures: string[] = [];
  let scenarios = 0;
  let accused = 0;
  for (const scenario of twinScenarios(4, rounds)) {
    scenarios += 1;
    if (scenarios % every !== 0) continue;
    const report = playTwins(scenario);
    accused += report.accused;
    failures.push(...report.failures.map((failure) => `${tell(scenario)}: ${failure}`));
    if (failures.length >= REPORTED) break;
  }
  const played = Math.floor(scenarios / every);
  say(`${played} of ${scenarios} scenarios, ${accused} proofs against the twin`);
  conclude(failures, played);
}

function playDrawn({ nodes, rounds, from }: Options, scenarios: number): void {
  const failures: string[] = [];
  let accused = 0;
  for (let seed = from; seed < from + scenarios && failures.length < REPORTED; seed += 1) {
    const report = playTwins(drawTwins(nodes, rounds, seed));
    accused += report.accused;
    failures.push(...report.failures.map((failure) => `seed ${seed}: ${failure}`));
  }
  say(`${scenarios} of ${nodes} seats drawn, ${accused} proofs against twins`);
  conclude(failures, scenarios);
}

function runRandom({ from }: Options, runs: number): void {
  const failures: string[] = [];
  let steps = 0;
  for (let seed = from; seed < from + runs && failures.length < REPORTED; seed += 1) {
    const n = SIZES[seed % SIZES.length] ?? 4;
    const report = randomRun({ seed, n, liars: seed % 6 === 0 ? 0 : faultsMax(n) });
    steps += report.steps;
    failures.push(...report.failures.map((failure) => `seed ${seed}: ${failure}`));
  }
  say(`${runs} runs, ${steps} steps`);
  conclude(failures, runs);
}

function tell({ twins, rounds }: TwinScenario): string {
  return `twins ${twins} ${rounds.map(({ groups, leads }) => `${groups.join('')} ${leads}`).join('; ')}`;
}

/** Nothing tried is not a success. */
function conclude(failures: readonly string[], tried: number): void {
  for (const failure of failures.slice(0, REPORTED)) say(`FAILED ${failure}`);
  say(failures.length === 0 ? 'nothing found' : `${failures.length} failed`);
  process.exitCode = failures.length === 0 && tried > 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main();
