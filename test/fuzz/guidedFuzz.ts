import { Random } from '../simulation/random.js';
import type { BlockCoverage } from './blockCoverage.js';
import { changed, changeKinds, changesMax, joined } from './changeBytes.js';
import type { FuzzTarget } from './fuzzTargets.js';
import { type FuzzReport, failureText, judge } from './runFuzz.js';

export interface GuidedReport extends FuzzReport {
  /** Places of the code that ran. */
  readonly places: number;
  /** Inputs that reached a place first, the samples included. */
  readonly corpus: readonly Uint8Array[];
  /** Cases since the last of them. */
  readonly stale: number;
}

export interface GuidedOptions {
  readonly runs: number;
  readonly seed: number;
  readonly coverage: BlockCoverage;
  /** What an earlier run found. */
  readonly corpus?: readonly Uint8Array[];
}

/** Coverage is asked for after so many cases, and singly only where it has grown. */
const BATCH = 64;
const NEWEST = 4;
/** An input that grows without end finds nothing that this length does not. */
const BYTES_MAX = 16 * 1024;

/**
 * Like `runFuzz`, but an input that reaches code which no other has reached is kept and changed
 * further (Zalewski's afl): what hides behind several conditions is found step by step.
 */
export function guidedFuzz(target: FuzzTarget, options: GuidedOptions): GuidedReport {
  const { runs, seed, coverage } = options;
  const random = new Random(seed);
  const corpus = [...target.samples, ...(options.corpus ?? [])];
  let cases = 0;
  let taken = 0;
  let lastAt = 0;
  for (const input of corpus) judge(target, input);
  coverage.note(coverage.fresh());
  while (cases < runs) {
    const batch = Array.from({ length: Math.min(BATCH, runs - cases) }, () =>
      nextInput(random, corpus, target.isText ?? false),
    );
    for (const input of batch) {
      cases += 1;
      const judged = judge(target, input);
      if (judged === 'taken') taken += 1;
      if (typeof judged === 'string') continue;
      const failure = failureText(target, `seed ${seed}`, input);
      return { cases, taken, failure, places: coverage.count(), corpus, stale: cases - lastAt };
    }
    if (coverage.fresh().length === 0) continue;
    const found = batch.filter((input) => reachesMore(target, input, coverage));
    corpus.push(...found);
    lastAt = cases;
  }
  return { cases, taken, places: coverage.count(), corpus, stale: cases - lastAt };
}

function reachesMore(target: FuzzTarget, input: Uint8Array, coverage: BlockCoverage): boolean {
  judge(target, input);
  const fresh = coverage.fresh();
  coverage.note(fresh);
  return fresh.length > 0;
}

/** A kept input with a few changes, or the beginning of one and the end of another. */
function nextInput(random: Random, corpus: readonly Uint8Array[], isText: boolean): Uint8Array {
  // What has just opened a door is tried most.
  let bytes = random.pick(random.chance(50) ? corpus.slice(-NEWEST) : corpus);
  if (random.chance(10)) {
    const other = random.pick(corpus);
    const from = random.below(other.length + 1);
    bytes = joined(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(from));
  }
  for (let left = random.between(1, changesMax); left > 0; left -= 1) {
    const how = random.below(changeKinds);
    bytes = changed(bytes, { how, where: random.below(2 ** 31), what: random.below(256) }, isText);
  }
  return bytes.subarray(0, BYTES_MAX);
}
