import { runWords } from '@triflow/node/cli';
import type { Finished } from './triflow.js';

/**
 * Runs the operators' program inside this process: the same words, answers and exit codes without
 * a second's start for each of a hundred verbs. One at a time.
 */
export async function runHere(words: readonly string[]): Promise<Finished> {
  const kept = { stdout: process.stdout.write, stderr: process.stderr.write };
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (chunk: string | Uint8Array): boolean => {
      heard[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  }
  try {
    return { code: await runWords(words), signal: null, ...heard };
  } finally {
    for (const name of ['stdout', 'stderr'] as const) process[name].write = kept[name];
  }
}
