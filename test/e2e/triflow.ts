import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { nodeProgram } from '@triflow/devnet';
import { z } from 'zod';

/** Only a hang takes this long. */
const LIMIT_MS = 60_000;
const program = nodeProgram();

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

const listeningSchema = z.object({
  event: z.literal('listening'),
  http: z.string(),
  p2p: z.string(),
  ops: z.string(),
  height: z.number(),
});

/** A node started as an operator starts it. */
export interface StartedNode extends AsyncDisposable {
  readonly told: z.infer<typeof listeningSchema>;
  readonly pid: number;
  /** Settles when it ends by itself, or was ended. */
  readonly ended: Promise<Finished>;
  /** Ends it by SIGTERM or SIGINT. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<Finished>;
}

export interface StartOptions {
  /** No file may grow beyond so many blocks of 512 bytes: to the node a disk that is full. */
  readonly fileBlocksMax?: number;
}

/** Runs `triflow start` until it says that it listens. Throws what it said when it ends before. */
export async function startTriflow(home: string, options: StartOptions = {}): Promise<StartedNode> {
  const { fileBlocksMax } = options;
  const limit = fileBlocksMax === undefined ? '' : `ulimit -f ${fileBlocksMax}; `;
  const words = [process.execPath, program, 'start', '--home', home, '--json'];
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const closed = once(child, 'close');
  const hang = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const first = await Promise.race([once(reader, 'line'), closed.then(() => undefined)]);
  clearTimeout(hang);
  if (first === undefined) throw new Error(`triflow start: ${child.exitCode} ${stderr}`);
  lines.push(String(first[0]));
  reader.on('line', (line) => lines.push(line));
  const ended = closed.then((): Finished => {
    const { exitCode: code, signalCode } = child;
    return { code, signal: signalCode, stdout: lines.join('\n'), stderr };
  });
  const stop: StartedNode['stop'] = async (signal = 'SIGTERM') => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const finished = await ended;
    clearTimeout(late);
    return finished;
  };
  const told = listeningSchema.parse(JSON.parse(lines[0] ?? ''));
  const dispose = async (): Promise<void> => {
    await stop();
  };
  return { told, pid: child.pid ?? 0, ended, stop, [Symbol.asyncDispose]: dispose };
}

/** What stderr says to a person: its lines without the log, which is JSON. */
export function sentencesOf({ stderr }: Pick<Finished, 'stderr'>): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}
