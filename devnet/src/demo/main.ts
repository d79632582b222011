import { exitCodeOf } from '@triflow/node';
import { CodedError } from '@triflow/protocol';
import { Command, CommanderError } from 'commander';
import { countArgument, DEFAULT_DIR, DEFAULT_PORT_BASE } from '../cli/arguments.js';
import { playLive } from './live.js';
import { playOnce } from './once.js';

export interface DemoOptions {
  readonly nodes?: number;
  readonly portBase: number;
  readonly dir?: string;
  readonly scenario: string;
  readonly once?: boolean;
  readonly json?: string;
  readonly exitAfterReady?: boolean;
}

const USAGE = 2;

/** The demo: a network and a live scenario. Gives the exit code. */
export async function runDemo(words: readonly string[]): Promise<number> {
  const command = new Command('demo')
    .description('A network on this machine with a live scenario; Ctrl-C stops it, state kept')
    .option('--nodes <n>', 'validators (default 4)', countArgument)
    .option(
      '--port-base <port>',
      'first port, ten a node; 0: any',
      countArgument,
      DEFAULT_PORT_BASE,
    )
    .option('--dir <dir>', `where the state is kept (default ${DEFAULT_DIR}; --once: temporary)`)
    .option('--scenario <name>', 'which scenario to play, all or none', 'fuel-oil')
    .option('--once', 'play to the end with one validator killed on the way, check, and exit')
    .option('--json <file>', 'with --once: write the summary to a file')
    .option('--exit-after-ready', 'stop as soon as the network is ready')
    .exitOverride();
  try {
    command.parse(words, { from: 'user' });
    const options = command.opts<DemoOptions>();
    if (options.json !== undefined && options.once !== true) {
      throw new CodedError('REQUEST_INVALID', '--json FILE belongs to --once');
    }
    return options.once === true ? await playOnce(options) : await playLive(options);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    const text = error instanceof Error ? error.message : String(error);
    const code = error instanceof CodedError ? ` (${error.code})` : '';
    process.stderr.write(`triflow demo: ${text}${code}\n`);
    return exitCodeOf(error);
  }
}
