import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { SeedCase } from './mutant.js';
import type { CaseReport, CasesRequest } from './runCases.js';

/** A process that takes longer hangs, and a hang is nothing that a check has found. */
const PROCESS_TIMEOUT_MS = 300_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

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

/** Seeds from the pinned one on: a change elsewhere may move the one that finds a bug. */
export function seedsFrom(start: SeedCase, count: number): readonly SeedCase[] {
  return Array.from({ length: count }, (_, offset) => ({ ...start, seed: start.seed + offset }));
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
