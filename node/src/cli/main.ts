import { Command, CommanderError } from 'commander';
import { version } from '../version.js';
import { completionCommand, configCommand, versionCommand } from './about.js';
import { callCommand } from './call.js';
import { blockCommand, eventsCommand, partyCommand, peerCommand, txCommand } from './chain.js';
import { findProgram, runProgram } from './dispatch.js';
import { exitCodeFor, exitCodes, sentenceOf } from './failure.js';
import { govCommand, validatorCommand } from './governance.js';
import { initCommand } from './init.js';
import { keyCommand } from './key.js';
import { nounCommands } from './nouns.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';
import { tokenCommand } from './token.js';
import { traceCommand } from './trace.js';
import { verifyCommand } from './verify.js';

/** `triflow`: one sentence on stderr and an exit code for whatever goes wrong, no stack trace. */
async function run(words: readonly string[]): Promise<void> {
  const program = new Command('triflow')
    .description('Operates a node of a Triflow chain, and acts for a party on it')
    .version(version)
    .exitOverride();
  for (const command of commands()) program.addCommand(throwing(command));
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

function commands(): Command[] {
  const all = [
    initCommand(),
    startCommand(),
    statusCommand(),
    keyCommand(),
    tokenCommand(),
    verifyCommand(),
    ...nounCommands(),
    traceCommand(),
    callCommand(),
    partyCommand(),
    txCommand(),
    blockCommand(),
    eventsCommand(),
    peerCommand(),
    validatorCommand(),
    govCommand(),
    configCommand(),
    versionCommand(),
  ];
  return [...all, completionCommand(all)];
}

/** A wrong word is ours to report, also in a command's own commands. */
function throwing(command: Command): Command {
  for (const inner of command.commands) throwing(inner);
  return command.showSuggestionAfterError().exitOverride();
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
