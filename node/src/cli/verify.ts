import { readFile } from 'node:fs/promises';
import { CodedError, hexFromBytes } from '@triflow/protocol';
import { verifyEvidence } from '@triflow/sdk/verify';
import { Command } from 'commander';
import { loadGenesis } from '../config.js';

interface VerifyOptions {
  readonly trust: string;
  readonly json?: boolean;
}

/** `triflow verify FILE --trust genesis.json`: checks an evidence file with no node at all. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check an evidence file offline')
    .argument('<file>', 'the evidence file')
    .requiredOption('--trust <genesis>', 'the genesis document that you trust')
    .option('--json', 'answer as JSON')
    .action(async (file: string, options: VerifyOptions) => verify(file, options));
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const genesis = await loadGenesis(options.trust);
  const report = verifyEvidence(await read(file), { genesis });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(report, jsonValue)}\n`);
    return;
  }
  for (const sentence of report.sentences) process.stdout.write(`${sentence}\n`);
}

/** Big integers are decimal strings in JSON, bytes are hexadecimal. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? hexFromBytes(value) : value;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path} cannot be read`, { cause });
  }
}
