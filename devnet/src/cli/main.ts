import { exitCodeOf } from '@triflow/node';
import { CodedError } from '@triflow/protocol';
import { Command, CommanderError } from 'commander';
import { version } from '../version.js';
import { deviceCommands } from './devices.js';
import { downCommand, resetCommand } from './down.js';
import { faultCommands } from './faults.js';
import { logsCommand } from './logs.js';
import { runCommand } from './run.js';
import { scenarioCommand } from './scenario.js';
import { listCommand, statusCommand, topologyCommand } from './status.js';
import { upCommand } from './up.js';

const USAGE = 2;

/** `triflow devnet`: one sentence on stderr and an exit code for whatever goes wrong. */
async function run(): Promise<void> {
  const program = new Command('triflow devnet')
    .description('A real network on this machine, with faults to inject')
    .version(version)
    .exitOverride();
  for (const command of [
    upCommand(),
    downCommand(),
    statusCommand(),
    listCommand(),
    logsCommand(),
    ...faultCommands(),
    ...deviceCommands(),
    topologyCommand(),
    scenarioCommand(),
    runCommand(),
    resetCommand(),
  ]) {
    program.addCommand(command.exitOverride());
  }
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof CodedError ? ` (${error.code})` : '';
  process.stderr.write(`triflow devnet: ${text}${code}\n`);
  return exitCodeOf(error);
}

await run();
