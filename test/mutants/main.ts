import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Random } from '../simulation/random.js';
import { canaryFaults } from './canary.js';
import { judgeMutant, type Outcome, type Workplace } from './judge.js';
import { killerText, loadMutants, type Mutant, parseMutant, type SeedCase } from './mutant.js';
import { seedsFrom } from './runSeeds.js';
import { SourceCopy } from './sourceCopy.js';
import { TestRunner } from './testRunner.js';

const SEED_BOUND = 1_000_000_000;
const CHECKS = Array.from({ length: 16 }, (_, index) => `I${index + 1}`);
// This file is test/dist/mutants/main.js when it runs.
const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const folder = join(root, 'test', 'mutants');

interface Options {
  readonly only?: string;
  readonly workers: number;
  readonly search?: number;
  readonly from: number;
  readonly repin?: boolean;
  readonly without?: string;
  readonly after: number;
  readonly canary: boolean;
  readonly json?: string;
}

await main();

/** `pnpm mutants`: each seeded bug in a copy of the sources, and whoever must notice it. */
async function main(): Promise<void> {
  const options = new Command('mutants')
    .description('bugs put into a copy of the sources, each of which a test must notice')
    .option('--only <id>', 'numbers of consensus, folder/number, or folders, with commas between')
    .option('--workers <n>', 'copies at work at the same time', Number, availableParallelism())
    .option('--search <seeds>', 'random seeds for each mutant, until one kills it', Number)
    .option('--from <n>', 'where the random seeds come from', Number, 1)
    .option('--repin', 'write seeds that were found into the patches')
    .option('--without <check>', 'take one check out of the simulator: who lives then?')
    .option('--after <seeds>', 'with --without: how many seeds from the pinned one on', Number, 10)
    .option('--no-canary', 'skip the two runs that try the suite itself')
    .option('--json <file>', 'the outcomes as JSON')
    .parse()
    .opts<Options>();
  const startedMs = performance.now();
  const without = options.without;
  const mutants = chosen(loadMutants(folder), options.only).filter((mutant) => {
    return without === undefined || isSeenBy(mutant, without);
  });
  const folderOfCopies = mkdtempSync(join(tmpdir(), 'triflow-mutants-'));
  const places: Workplace[] = [];
  const leave = async (): Promise<void> => {
    for (const { tests } of places) await tests.stop();
    rmSync(folderOfCopies, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    void leave().then(() => process.exit(130));
  });
  try {
    symlinkSync(join(root, '..', 'shared'), join(folderOfCopies, 'shared'));
    for (let at = 0; at < options.workers; at += 1) {
      const copy = SourceCopy.create(root, join(folderOfCopies, String(at)));
      places.push({ copy, tests: new TestRunner(copy) });
    }
    process.exitCode = (await runAll(options, places, mutants)) ? 0 : 1;
  } finally {
    await leave();
  }
  say(`${Math.round((performance.now() - startedMs) / 1_000)} s`);
}

/** Whether all went as it must. */
async function runAll(
  options: Options,
  places: readonly Workplace[],
  mutants: readonly Mutant[],
): Promise<boolean> {
  if (mutants.length === 0) {
    say('no such mutant');
    return false;
  }
  if (options.canary) {
    const faults = await canaryFaults(folder, places, mutants);
    for (const fault of faults) say(`canary: ${fault}`);
    if (faults.length > 0) return false;
    say('canary: green without a bug, red with the worst one');
  }
  if (options.without !== undefined) {
    for (const { copy } of places) silence(copy, options.without);
  }
  const random = new Random(options.from);
  const jobs = mutants.map((mutant) => ({ mutant, ...asked(mutant, options, random) }));
  const outcomes = await inTurn(places, jobs, async (place, { mutant, ...how }) => {
    const outcome = await judgeMutant(place, mutant, how);
    say(lineOf(outcome));
    if (options.repin === true) repin(mutant, outcome);
    return outcome;
  });
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(outcomes, null, 2));
  const isWell = summary(outcomes);
  if (options.without === undefined) return isWell;
  const lives = outcomes.filter(({ outcome }) => outcome === 'survived').map(({ id }) => id);
  say(`without ${options.without} these live: ${lives.join(' ') || 'none'}`);
  return lives.length > 0;
}

/** Whether a simulated check is what must notice a mutant. */
function isSeenBy({ killer, caughtBy }: Mutant, check: string): boolean {
  return killer.kind === 'seed' && caughtBy.includes(check);
}

/** Takes one check out of the simulator of a copy, for good. */
function silence(copy: SourceCopy, check: string): void {
  const file = 'checkers/without.patch';
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('CHECK', check);
  copy.apply(file, parseMutant(file, text).patches);
  copy.keep();
}

/** Seeds and checks where they are not those of the patch. */
function asked(
  { killer }: Mutant,
  { search, without, after }: Options,
  random: Random,
): { readonly cases?: readonly SeedCase[]; readonly checks?: readonly string[] } {
  if (without !== undefined && killer.kind === 'seed') {
    // Whoever dies by any other check has not needed the one that is silent.
    return { cases: seedsFrom(killer.start, after), checks: CHECKS.filter((id) => id !== without) };
  }
  if (search === undefined) return {};
  const base = killer.kind === 'seed' ? killer.start : { profile: 'mixed' as const };
  return {
    cases: Array.from({ length: search }, () => ({ ...base, seed: random.below(SEED_BOUND) })),
  };
}

async function inTurn<Job, Result>(
  places: readonly Workplace[],
  jobs: readonly Job[],
  run: (place: Workplace, job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const open = jobs.entries();
  const workers = places.map(async (place) => {
    for (const [index, job] of open) results[index] = await run(place, job);
  });
  await Promise.all(workers);
  return results;
}

function chosen(mutants: readonly Mutant[], only: string | undefined): readonly Mutant[] {
  if (only === undefined) return mutants;
  const wanted = only
    .split(',')
    .map((one) => (/^\d/.test(one) ? `consensus/${one.padStart(2, '0')}` : one));
  return mutants.filter(({ id }) => wanted.some((one) => id === one || id.startsWith(`${one}/`)));
}

/** Writes the seed that killed a mutant into its patch. */
function repin({ file, killer }: Mutant, { killedAt }: Outcome): void {
  if (killer.kind !== 'seed' || killedAt === null) return;
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const line = `killer: ${killerText({ kind: 'seed', start: killedAt })}\n`;
  const changed = text.replace(/^killer: .*\n/m, line);
  parseMutant(file, changed);
  writeFileSync(path, changed);
}

function lineOf({ id, outcome, by, seeds, bug, ms }: Outcome): string {
  const took = seeds > 0 ? `, ${seeds} seed${seeds === 1 ? '' : 's'}` : '';
  return `${id} ${outcome}: ${by}${took}, ${(ms / 1_000).toFixed(1)} s\n    ${bug}`;
}

function summary(outcomes: readonly Outcome[]): boolean {
  const of = (wanted: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted);
  const killed = of('killed');
  const seeds = killed.map((one) => one.seeds).filter((count) => count > 0);
  seeds.sort((a, b) => a - b);
  const median = seeds[Math.floor((seeds.length - 1) / 2)];
  const left = [...of('survived'), ...of('broken')];
  const impossible = of('impossible').length;
  say(
    `${outcomes.length} mutants: ${killed.length} killed, ${of('survived').length} survived, ` +
      `${of('broken').length} broken, ${impossible} impossible` +
      (median === undefined ? '' : `; median of ${seeds.length} searches: ${median} seeds`),
  );
  if (left.length > 0) say(`left: ${left.map(({ id }) => id).join(' ')}`);
  return left.length === 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
