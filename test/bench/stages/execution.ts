import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@triflow/protocol';
import { percentile } from '../statistics.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const CONTRACTS = 'packages/contracts/src';
/** Random histories would measure the same commands again. */
const LEFT_OUT = '**/*nvariants.test.ts';

export interface ExecutionFigures {
  /** Microseconds of one execution by `contract.command`, the median over the cases. */
  readonly commands: Readonly<Record<string, number>>;
}

/**
 * Executes every command that the contracts' tests send, on the state that they send it to, many
 * times: parameters checked, guards asked, records read and written, no signature, no disk.
 */
export function execution(): ExecutionFigures {
  const file = join(mkdtempSync(join(tmpdir(), 'triflow-execution-')), 'times');
  const args = [VITEST, 'run', '--project', 'unit', CONTRACTS, '--exclude', LEFT_OUT];
  const env = { ...process.env, TRIFLOW_EXECUTION: file };
  const options = { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 } as const;
  const ended = spawnSync(process.execPath, args, options);
  if (ended.status !== 0) {
    process.stderr.write(`${ended.stdout}\n${ended.stderr}\n`);
    throw new CodedError('INTERNAL', 'the tests whose commands are measured did not pass');
  }
  const found = new Map<string, number[]>();
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const [command = '', us = ''] = line.split(' ');
    found.set(command, [...(found.get(command) ?? []), Number(us)]);
  }
  const commands = [...found].map(([command, list]) => [command, percentile(list, 500)] as const);
  return { commands: Object.fromEntries(commands.sort((a, b) => b[1] - a[1])) };
}
