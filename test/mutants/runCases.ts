import { runSeed } from '../simulation/runSeed.js';
import type { SeedCase } from './mutant.js';

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
  for (const one of cases) {
    const { failures } = await runSeed(one);
    const report: CaseReport = { case: one, failures: failures.map((text) => text.slice(0, 400)) };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (failures.some((failure) => until.includes(checkOf(failure)))) return;
  }
}

function checkOf(failure: string): string {
  return failure.slice(0, failure.indexOf(':'));
}
