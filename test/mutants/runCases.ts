import { checkOf, runSeed } from '../simulation/runSeed.js';
import type { SeedCase } from './mutant.js';

const TEXT_MAX = 600;

/** What the process of a copy is asked: seeds in turn, until one fails by a check of these. */
export interface CasesRequest {
  readonly cases: readonly SeedCase[];
  readonly until: readonly string[];
}

/** What it answers, one line of JSON a seed. */
export interface CaseReport {
  readonly case: SeedCase;
  readonly failures: readonly string[];
}

await main(JSON.parse(process.argv[2] ?? '') as CasesRequest);

async function main({ cases, until }: CasesRequest): Promise<void> {
  let thrown: string[] = [];
  // A promise that nobody waits for would end the process: that is a failure of the node.
  process.on('unhandledRejection', (error) =>
    thrown.push(`I13: nobody catches: ${stackOf(error)}`),
  );
  for (const one of cases) {
    thrown = [];
    const report = await runSeed(until.length > 0 ? { ...one, until } : one);
    const failures = [...report.failures, ...thrown].map((text) => text.slice(0, TEXT_MAX));
    const line: CaseReport = { case: one, failures };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    if (failures.some((failure) => until.includes(checkOf(failure)))) return;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
