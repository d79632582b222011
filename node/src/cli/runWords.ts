import { type Command, CommanderError } from 'commander';
import { findProgram, runProgram } from './dispatch.js';
import { exitCodeFor, exitCodes, sentenceOf } from './failure.js';
import { programOf } from './programOf.js';

/**
 * `triflow WORDS…`: gives the exit code. Whatever goes wrong is one sentence on stderr, without a
 * stack trace; a noun that is not built in is an installed `triflow-NOUN`.
 */
export async function runWords(words: readonly string[]): Promise<number> {
  const [noun = ''] = words;
  const program = await programFor(noun);
  const isOurs = noun === 'help' || program.commands.some((one) => one.name() === noun);
  const other = isOurs ? undefined : findProgram(noun);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    if (other !== undefined) return await runProgram(other, words.slice(1));
    await program.parseAsync(words, { from: 'user' });
    // A verb whose answer is no failure, but not all good either, says so here.
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    return report(error, noun);
  } finally {
    process.exitCode = before;
  }
}

/** A node begins sooner without the verbs of all contracts. */
async function programFor(noun: string): Promise<Command> {
  if (noun === 'start') return programOf([(await import('./start.js')).startCommand()]);
  return (await import('./program.js')).createProgram();
}

function report(error: unknown, noun: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  process.stderr.write(`${sentenceOf(error)}\n`);
  return exitCodeFor(error, noun);
}
