import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlockCoverage, type ScriptCounters } from './blockCoverage.js';
import { type FuzzTarget, fuzzTargets } from './fuzzTargets.js';
import { guidedFuzz } from './guidedFuzz.js';
import { countersName } from './instrument.js';
import { runFuzz } from './runFuzz.js';

export interface FuzzAllOptions {
  readonly runs: number;
  readonly from: number;
  readonly targets?: readonly string[];
  readonly corpus?: string;
}

type Say = (line: string) => void;

/** fast-check draws a run's cases at once: memory in proportion. */
const ROUND = 20_000;

/** Changed samples for each target, blindly; the exit code. */
export function fuzzAll(options: FuzzAllOptions, say: Say): number {
  const targets = chosen(options);
  let failed = 0;
  for (const target of targets) {
    const startedMs = performance.now();
    let done = 0;
    let taken = 0;
    for (let seed = options.from; done < options.runs; seed += 1) {
      const report = runFuzz(target, Math.min(ROUND, options.runs - done), seed);
      done += report.cases;
      taken += report.taken;
      if (report.failure === undefined) continue;
      failed += 1;
      say(`FAILED ${report.failure}`);
      break;
    }
    say(`${target.name}: ${done} cases, ${taken} taken, ${secondsSince(startedMs)} s`);
  }
  return ended(targets, failed, say);
}

/** Each target led by what its inputs reach; the exit code. */
export function fuzzGuided(options: FuzzAllOptions, say: Say): number {
  const targets = chosen(options);
  const counters: Record<string, ScriptCounters> = Reflect.get(globalThis, countersName) ?? {};
  let failed = 0;
  for (const target of targets) {
    const startedMs = performance.now();
    // Each target by itself: what one has reached is new to another.
    const coverage = new BlockCoverage(Object.values(counters));
    const folder = options.corpus && join(options.corpus, target.name.replaceAll(' ', '-'));
    const { runs, from: seed } = options;
    const corpus = folder ? readCorpus(folder) : [];
    const report = guidedFuzz(target, { runs, seed, coverage, corpus });
    if (folder) writeCorpus(folder, report.corpus);
    const { cases, taken, failure, places, stale } = report;
    if (failure !== undefined) {
      failed += 1;
      say(`FAILED ${failure}`);
    }
    const what = `${cases} cases, ${taken} taken, ${secondsSince(startedMs)} s`;
    const reached = `${places} places by ${report.corpus.length} inputs, nothing new for ${stale}`;
    say(`${target.name}: ${what}, ${reached}`);
  }
  return ended(targets, failed, say);
}

function chosen({ targets }: FuzzAllOptions): readonly FuzzTarget[] {
  return fuzzTargets.filter(({ name }) => targets?.includes(name) ?? true);
}

function ended(targets: readonly FuzzTarget[], failed: number, say: Say): number {
  say(`${targets.length} targets, ${failed} failed`);
  return failed === 0 && targets.length > 0 ? 0 : 1;
}

function secondsSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 1_000).toFixed(1);
}

function readCorpus(folder: string): Uint8Array[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

/** Named by content: what several runs found comes together. */
function writeCorpus(folder: string, corpus: readonly Uint8Array[]): void {
  mkdirSync(folder, { recursive: true });
  for (const bytes of corpus) {
    writeFileSync(join(folder, createHash('sha256').update(bytes).digest('hex')), bytes);
  }
}
