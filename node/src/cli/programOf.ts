import { Command } from 'commander';
import { version } from '../version.js';
import { exampleOf } from './examples.js';

/** A `triflow` of these commands; each verb's help ends with an example. */
export function programOf(commands: readonly Command[]): Command {
  const program = new Command('triflow')
    .description('Operates a node of a Triflow chain, and acts for a party on it')
    .version(version)
    .exitOverride();
  for (const command of commands) program.addCommand(command);
  for (const command of program.commands) prepare(command, command.name());
  return program;
}

/** A wrong word is ours to report, also in a command's own commands. */
function prepare(command: Command, path: string): void {
  command.showSuggestionAfterError().exitOverride();
  for (const inner of command.commands) prepare(inner, `${path} ${inner.name()}`);
  if (command.commands.length > 0) return;
  command.addHelpText('after', `\nExample:\n  ${exampleOf(path, command)}`);
}
