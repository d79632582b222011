import { CodedError } from '@triflow/protocol';
import { TriflowError } from '@triflow/sdk';
import { Command, CommanderError } from 'commander';
import { version } from '../version.js';
import { checkCommand } from './check.js';
import { startCommand } from './start.js';

const USAGE = 2;
const CONFIGURATION = 10;
const CONFIGURATION_CODES: ReadonlySet<string> = new Set([
  'CONFIG_INVALID',
  'GENESIS_INVALID',
  'KEYSTORE_INVALID',
  'KEYSTORE_PASSWORD',
]);
const exitCodes: Readonly<Record<string, number>> = {
  GENESIS_MISMATCH: 11,
  CHAIN_MISMATCH: 11,
  STORE_LOCKED: 12,
  PORT_IN_USE: 13,
};

/** `triflow-gateway`: one sentence on stderr and an exit code for whatever goes wrong. */
async function run(): Promise<void> {
  const program = new Command('triflow-gateway')
    .description('Signs for one party what its devices and EPCIS systems report')
    .version(version)
    .exitOverride();
  program.addCommand(startCommand().exitOverride());
  program.addCommand(checkCommand().exitOverride());
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof CodedError || error instanceof TriflowError ? error.code : '';
  process.stderr.write(`triflow-gateway: ${text}${code === '' ? '' : ` (${code})`}\n`);
  return CONFIGURATION_CODES.has(code) ? CONFIGURATION : (exitCodes[code] ?? 1);
}

await run();
