import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SeedCase } from './mutant.js';
import type { CaseReport, CasesRequest } from './runCases.js';

/** A process that takes longer hangs, and a hang is nothing that a check has found. */
const PROCESS_TIMEOUT_MS = 300_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** A named case of a test file. */
export interface TestCase {
  readonly file: string;
  /** Names of the blocks and of the case, joined by ` > `. */
  readonly name: string;
}

export interface TestReport extends TestCase {
  readonly status: 'passed' | 'failed' | 'missing';
  readonly message: string;
}

/** Runs seeds over what is built in a copy. Throws when the run itself breaks. */
export async function runSeeds(
  copy: string,
  request: CasesRequest,
): Promise<readonly CaseReport[]> {
  const program = join(copy, 'test', 'dist', 'mutants', 'runCases.js');
  const { code, out, err } = await run([program, JSON.stringify(request)], copy);
  if (code !== 0) throw new Error(`the simulator broke (${code}): ${err.slice(-1_500)}`);
  const lines = out.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as CaseReport);
}

/** Runs named cases of the tests in a copy, from its sources. */
export async function runTests(
  root: string,
  copy: string,
  cases: readonly TestCase[],
): Promise<readonly TestReport[]> {
  const output = join(copy, 'report.json');
  rmSync(output, { force: true });
  const files = [...new Set(cases.map(({ file }) => file))];
  const titles = cases.map(({ name }) => name.split(' > ').at(-1) ?? '');
  const pattern = `(${[...new Set(titles)].map(escaped).join('|')})$`;
  const { err, out } = await run(
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      ...['run', '--root', copy, '--maxWorkers=1', '--reporter=json', `--outputFile=${output}`],
      ...['--testNamePattern', pattern, ...files],
    ],
    copy,
  );
  const assertions = readReport(output, copy);
  if (assertions === undefined) throw new Error(`vitest broke: ${(err + out).slice(-1_500)}`);
  return cases.map((one) => {
    const found = assertions.find(({ file, name }) => file === one.file && name === one.name);
    const ran = found?.status === 'passed' || found?.status === 'failed';
    const status = ran ? (found.status as 'passed' | 'failed') : 'missing';
    return { ...one, status, message: found?.message ?? '' };
  });
}

/** Seeds from the pinned one on: a change elsewhere may move the one that finds a bug. */
export function seedsFrom(start: SeedCase, count: number): readonly SeedCase[] {
  return Array.from({ length: count }, (_, offset) => ({ ...start, seed: start.seed + offset }));
}

interface Assertion {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

function readReport(path: string, copy: string): readonly Assertion[] | undefined {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as {
      testResults: {
        name: string;
        assertionResults: {
          ancestorTitles: string[];
          title: string;
          status: string;
          failureMessages?: string[];
        }[];
      }[];
    };
    return report.testResults.flatMap(({ name: file, assertionResults }) => {
      return assertionResults.map(({ ancestorTitles, title, status, failureMessages = [] }) => ({
        file: file.slice(copy.length + 1),
        name: [...ancestorTitles, title].join(' > '),
        status,
        message: failureMessages.join('\n').slice(0, 400),
      }));
    });
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function run(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout: PROCESS_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    execFile(process.execPath, args, options, (error, out, err) => {
      if (error?.killed === true) reject(new Error(`no end after ${PROCESS_TIMEOUT_MS} ms`));
      else
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err });
    });
  });
}
