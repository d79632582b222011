import { CommanderError } from 'commander';
import { findProgram, runProgram } from './dispatch.js';
import { exitCodeFor, exitCodes, sentenceOf } from './failure.js';
import { createProgram } from './program.js';

/** `triflow`: one sentence on stderr and an exit code for whatever goes wrong, no stack trace. */
async function run(words: readonly string[]): Promise<void> {
  const program = createProgram();
  const [noun = ''] = words;
  const isOurs = noun === 'help' || program.commands.some((one) => one.name() === noun);
  const other = isOurs ? undefined : findProgram(noun);
  try {
    if (other !== undefined) process.exitCode = await runProgram(other, words.slice(1));
    else await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, noun);
    // A parent's open channel would keep a failed program alive.
    if (process.connected) process.disconnect?.();
  }
}

function report(error: unknown, noun: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  process.stderr.write(`${sentenceOf(error)}\n`);
  return exitCodeFor(error, noun);
}

// Who reads through `head` has seen enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed);
});

await run(process.argv.slice(2));
