import { judgeMutant } from './judge.js';
import { runSeeds, runTests, type TestCase } from './killers.js';
import { loadMutants, type Mutant, type SeedCase } from './mutant.js';
import type { SourceCopy } from './sourceCopy.js';

/**
 * The suite is worth nothing if its killers are red without a bug, or green with the worst one.
 * The sources that any mutant touches are built again here, so that building is tried as well.
 * Gives what is wrong; nothing when all is well.
 */
export async function canaryFaults(
  root: string,
  folder: string,
  copies: readonly SourceCopy[],
  mutants: readonly Mutant[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const paths = new Set(mutants.flatMap(({ patches }) => patches.map(({ path }) => path)));
  for (const copy of copies) for (const path of paths) copy.build('canary', path);
  const seeds: SeedCase[] = [];
  const tests: TestCase[] = [];
  for (const { killer } of mutants) {
    if (killer.kind === 'seed') seeds.push(killer.start);
    if (killer.kind === 'test') tests.push(killer);
  }
  const untouched = copies.map(async (copy, at) => {
    const share = seeds.filter((_seed, index) => index % copies.length === at);
    if (share.length > 0) {
      for (const { case: one, failures } of await runSeeds(copy.path, {
        cases: share,
        until: [],
      })) {
        if (failures.length > 0) faults.push(`seed ${one.seed} fails without a bug: ${failures}`);
      }
    }
    const mine = tests.filter((_test, index) => index % copies.length === at);
    if (mine.length === 0) return;
    for (const { file, name, status, message } of await runTests(root, copy.path, mine)) {
      if (status !== 'passed')
        faults.push(`${file} > ${name}: ${status} without a bug: ${message}`);
    }
  });
  await Promise.all(untouched);
  for (const copy of copies) copy.restore();
  faults.push(...(await brutalFaults(root, folder, copies)));
  return faults;
}

/** A bug that nobody could overlook must not be overlooked. */
async function brutalFaults(
  root: string,
  folder: string,
  copies: readonly SourceCopy[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const [copy] = copies;
  if (copy === undefined) return ['no copy of the sources'];
  for (const mutant of loadMutants(folder, ['canary'])) {
    const { outcome, by } = await judgeMutant(root, copy, mutant);
    if (outcome !== 'killed') faults.push(`the canary ${mutant.file} ${outcome}: ${by}`);
  }
  return faults;
}
