import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CodedError } from '@triflow/protocol';
import type { Command } from 'commander';
import { startDevnet } from '../startDevnet.js';
import { verb } from './arguments.js';
import { createOutput } from './output.js';
import { catchSignals } from './signals.js';
import { devnetOptions, type UpOptions, withUpOptions } from './up.js';

/** `run -- CMD`: up, the command with TRIFLOW_DEVNET set, down; ends with the command's code. */
export function runCommand(): Command {
  return withUpOptions(verb('run', 'up, a command with TRIFLOW_DEVNET, down'))
    .argument('<command...>', 'after --')
    .action(async (words: string[], options: UpOptions) => {
      process.exitCode = await runInside(words, options);
    });
}

async function runInside([program, ...args]: string[], options: UpOptions): Promise<number> {
  if (program === undefined) throw new CodedError('REQUEST_INVALID', 'run: no command');
  const output = createOutput(options.json === true);
  // The command's own output is the result; what concerns the network goes to stderr.
  const quiet = { ...output, say: (line: string) => void process.stderr.write(`${line}\n`) };
  const signals = catchSignals();
  const devnet = await startDevnet(devnetOptions(options, quiet, signals.signal));
  try {
    if (signals.signal.aborted) throw new CodedError('ABORTED', 'stopped by a signal');
    const env = { ...process.env, TRIFLOW_DEVNET: devnet.devnetFile };
    const child = spawn(program, args, { stdio: 'inherit', env });
    signals.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    return await codeOf(child, program);
  } finally {
    await devnet.stop();
    signals.release();
  }
}

function codeOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new CodedError('OBJECT_NOT_FOUND', `${program} cannot be run`, { cause }));
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
