import { CodedError } from '@triflow/protocol';
import { Command, CommanderError } from 'commander';
import { exitCodeOf } from '../startNode.js';
import { version } from '../version.js';
import { initCommand } from './init.js';
import { keyCommand } from './key.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';
import { tokenCommand } from './token.js';
import { verifyCommand } from './verify.js';

const USAGE = 2;

/** `triflow`: one sentence on stderr and an exit code for whatever goes wrong, no stack trace. */
async function run(): Promise<void> {
  const program = new Command('triflow')
    .description('Operates a node of a Triflow chain')
    .version(version)
    .exitOverride();
  for (const command of [
    initCommand(),
    startCommand(),
    statusCommand(),
    keyCommand(),
    tokenCommand(),
    verifyCommand(),
  ]) {
    program.addCommand(throwing(command));
  }
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error);
    // A parent's open channel would keep a failed program alive.
    if (process.connected) process.disconnect?.();
  }
}

/** A wrong word is ours to report, also in a command's own commands. */
function throwing(command: Command): Command {
  for (const inner of command.commands) throwing(inner);
  return command.exitOverride();
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof CodedError ? ` (${error.code})` : '';
  process.stderr.write(`triflow: ${text}${code}\n`);
  return exitCodeOf(error);
}

await run();
