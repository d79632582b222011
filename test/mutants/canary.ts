import { judgeMutant, type Workplace } from './judge.js';
import { killerText, loadMutants, type Mutant, type SeedCase } from './mutant.js';
import { runSeeds } from './runSeeds.js';
import type { TestCase } from './testRunner.js';

/**
 * The suite is worth nothing if its killers are red without a bug, or green with the worst one.
 * The sources that any mutant touches are built again here, so that building is tried as well.
 * Gives what is wrong; nothing when all is well.
 */
export async function canaryFaults(
  folder: string,
  places: readonly Workplace[],
  mutants: readonly Mutant[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const paths = new Set(mutants.flatMap(({ patches }) => patches.map(({ path }) => path)));
  for (const { copy } of places) for (const path of paths) copy.build('canary', path);
  // Several mutants may share a killer: it is tried once.
  const seeds = new Map<string, SeedCase>();
  const tests = new Map<string, TestCase>();
  for (const { killer } of mutants) {
    if (killer.kind === 'seed') seeds.set(killerText(killer), killer.start);
    if (killer.kind === 'test') tests.set(killerText(killer), killer);
  }
  const shares = places.map(async (place, at) => {
    const isMine = (_one: unknown, index: number): boolean => index % places.length === at;
    const share = [...seeds.values()].filter(isMine);
    faults.push(...(await untouchedFaults(place, share, filesShared([...tests.values()], isMine))));
  });
  await Promise.all(shares);
  for (const { copy } of places) copy.restore();
  faults.push(...(await brutalFaults(folder, places)));
  return faults;
}

/** A file is loaded once, so its cases stay together. */
function filesShared(
  tests: readonly TestCase[],
  isMine: (file: unknown, index: number) => boolean,
): readonly TestCase[] {
  const files = [...new Set(tests.map(({ file }) => file))].filter(isMine);
  return tests.filter(({ file }) => files.includes(file));
}

/** Without a bug every killer is green. */
async function untouchedFaults(
  { copy, tests: runner }: Workplace,
  seeds: readonly SeedCase[],
  tests: readonly TestCase[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const reports = seeds.length === 0 ? [] : await runSeeds(copy.path, { cases: seeds, until: [] });
  for (const { case: one, failures } of reports) {
    if (failures.length > 0) faults.push(`seed ${one.seed} fails without a bug: ${failures}`);
  }
  const named = tests.length === 0 ? [] : await runner.run(tests);
  for (const { file, name, status, message } of named) {
    if (status !== 'passed') faults.push(`${file} > ${name}: ${status} without a bug: ${message}`);
  }
  return faults;
}

/** A bug that nobody could overlook must not be overlooked. */
async function brutalFaults(
  folder: string,
  [place]: readonly Workplace[],
): Promise<readonly string[]> {
  if (place === undefined) return ['no copy of the sources'];
  const faults: string[] = [];
  for (const mutant of loadMutants(folder, ['canary'])) {
    const { outcome, by } = await judgeMutant(place, mutant);
    if (outcome !== 'killed') faults.push(`the canary ${mutant.file} ${outcome}: ${by}`);
  }
  return faults;
}
