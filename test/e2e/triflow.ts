import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Only a hang takes this long. */
const LIMIT_MS = 60_000;
const program = fileURLToPath(new URL('../../node/bin/triflow.mjs', import.meta.url));

/** What a finished program left behind. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs the operators' program to its end; one that hangs is killed and has no exit code. */
export function runTriflow(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { TRIFLOW_PASSWORD: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NO_COLOR: '1', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const hang = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(hang);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** What stderr says to a person: its lines without the log, which is JSON. */
export function sentencesOf({ stderr }: Pick<Finished, 'stderr'>): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}
