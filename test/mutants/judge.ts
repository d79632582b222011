import { checkOf } from '../simulation/runSeed.js';
import { killerText, type Mutant, type SeedCase } from './mutant.js';
import { runSeeds, seedsFrom } from './runSeeds.js';
import type { SourceCopy } from './sourceCopy.js';
import type { TestCase, TestRunner } from './testRunner.js';

/** A change elsewhere moves what a seed means; so many seeds after the pinned one still count. */
export const SEEDS_AFTER_PIN = 40;

/** A copy of the sources and the process that runs tests in it. */
export interface Workplace {
  readonly copy: SourceCopy;
  readonly tests: TestRunner;
}

/** What became of one mutant. */
export interface Outcome {
  readonly id: string;
  readonly bug: string;
  readonly caughtBy: readonly string[];
  readonly outcome: 'killed' | 'survived' | 'broken' | 'impossible';
  /** The check and the seed, or the test, that noticed; or why not. */
  readonly by: string;
  /** Seeds until the kill, that one included; 0 for tests. */
  readonly seeds: number;
  readonly killedAt: SeedCase | null;
  /** Other checks that failed on the way. */
  readonly others: readonly string[];
  readonly ms: number;
}

/** Puts a mutant into a copy, runs what must kill it and takes it out again. */
export async function judgeMutant(
  { copy, tests }: Workplace,
  mutant: Mutant,
  options: { readonly cases?: readonly SeedCase[]; readonly checks?: readonly string[] } = {},
): Promise<Outcome> {
  const startedMs = performance.now();
  const { id, bug, killer } = mutant;
  const { cases, checks: caughtBy = mutant.caughtBy } = options;
  const outcome = (part: Partial<Outcome>): Outcome => ({
    id,
    bug,
    caughtBy,
    outcome: 'survived',
    by: killerText(killer),
    seeds: 0,
    killedAt: null,
    others: [],
    ms: Math.round(performance.now() - startedMs),
    ...part,
  });
  if (killer.kind === 'impossible') return outcome({ outcome: 'impossible' });
  try {
    copy.apply(mutant.file, mutant.patches);
    if (killer.kind === 'test' && cases === undefined) {
      return outcome(await byTest(tests, killer));
    }
    const first = killer.kind === 'seed' ? killer.start : { seed: 1, profile: 'mixed' as const };
    const list = cases ?? seedsFrom(first, SEEDS_AFTER_PIN);
    return outcome(await bySeeds(copy, list, caughtBy));
  } catch (error) {
    return outcome({ outcome: 'broken', by: String(error) });
  } finally {
    copy.restore();
  }
}

async function byTest(tests: TestRunner, { file, name }: TestCase): Promise<Partial<Outcome>> {
  const [report] = await tests.run([{ file, name }]);
  if (report === undefined || report.status === 'missing') {
    return { outcome: 'broken', by: `no such test, or it cannot be loaded: ${file} > ${name}` };
  }
  return { outcome: report.status === 'failed' ? 'killed' : 'survived', by: `${file} > ${name}` };
}

async function bySeeds(
  copy: SourceCopy,
  cases: readonly SeedCase[],
  caughtBy: readonly string[],
): Promise<Partial<Outcome>> {
  const reports = await runSeeds(copy.path, { cases, until: caughtBy });
  const found = new Set(reports.flatMap(({ failures }) => failures.map(checkOf)));
  const others = [...found].filter((check) => !caughtBy.includes(check));
  const last = reports.at(-1);
  const failure = last?.failures.find((text) => caughtBy.includes(checkOf(text)));
  const seeds = reports.length;
  if (last === undefined || failure === undefined) {
    const also = others.length > 0 ? `, though ${others} failed` : '';
    return { by: `${seeds} seeds passed ${caughtBy}${also}`, seeds, others };
  }
  const place = killerText({ kind: 'seed', start: last.case });
  const by = `${checkOf(failure)} by ${place}`;
  return { outcome: 'killed', by, seeds, killedAt: last.case, others };
}
