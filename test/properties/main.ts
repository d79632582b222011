import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { envOfAsked } from './asked.js';

// This file is test/dist/properties/main.js when it runs.
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CONTRACTS = join(ROOT, 'packages/contracts/src');
const OUTPUT_MAX = 2 ** 26;

main();

/** `pnpm properties`: the property tests of the contracts, with other seeds and more runs. */
function main(): void {
  const { times, from, workers } = new Command('properties')
    .description('every property test of the contracts with other seeds and more runs')
    .option('--times <n>', 'so many times the runs of each', Number, 3)
    .option('--from <seed>', 'added to each seed', Number, 1)
    .option('--workers <n>', 'files at a time', Number, 2)
    .parse()
    .opts<{ readonly times: number; readonly from: number; readonly workers: number }>();
  const dir = mkdtempSync(join(tmpdir(), 'triflow-properties-'));
  const file = join(dir, 'runs');
  const report = join(dir, 'report.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporter = ['--reporter', 'json', '--outputFile', report];
  const words = ['run', '--project', 'unit', ...propertyTests(), ...reporter];
  const { status } = spawnSync(process.execPath, [vitest, ...words, '--maxWorkers', `${workers}`], {
    cwd: ROOT,
    env: { ...process.env, ...envOfAsked({ times, from, file }) },
    maxBuffer: OUTPUT_MAX,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const failed = failedTests(report);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const runs = lines.reduce((sum, line) => sum + Number(line), 0);
  rmSync(dir, { recursive: true });
  for (const test of failed) process.stdout.write(`FAILED ${test}\n`);
  process.stdout.write(`${runs} runs of ${lines.length} properties, ${failed.length} failed\n`);
  process.exitCode = status === 0 && failed.length === 0 && runs > 0 ? 0 : 1;
}

/** Files of tests that draw what they try. */
function propertyTests(): string[] {
  return readdirSync(CONTRACTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(CONTRACTS, path))
    .filter((path) => readFileSync(path, 'utf8').includes("from 'fast-check'"));
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function failedTests(report: string): string[] {
  if (!existsSync(report)) return ['the tests did not run'];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.flatMap(({ assertionResults }) => {
    return assertionResults
      .filter(({ status }) => status === 'failed')
      .map((test) => `${test.fullName}: ${test.failureMessages[0]?.split('\n')[0] ?? ''}`);
  });
}
