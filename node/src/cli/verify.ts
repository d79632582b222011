import { readFile } from 'node:fs/promises';
import { CodedError, hexFromBytes } from '@triflow/protocol';
import {
  type EvidenceReport,
  type ProvedReading,
  readingInEvidence,
  verifyEvidence,
} from '@triflow/sdk/verify';
import { Command } from 'commander';
import { loadGenesis } from '../config.js';

interface VerifyOptions {
  readonly trust: string;
  readonly reading?: string;
  readonly json?: boolean;
}

/** `triflow verify FILE --trust genesis.json`: checks an evidence file with no node at all. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check an evidence file offline')
    .argument('<file>', 'the evidence file')
    .requiredOption('--trust <genesis>', 'the genesis document that you trust')
    .option(
      '--reading <proof>',
      'a reading as its gateway proves it: is it in the evidence’s batch',
    )
    .option('--json', 'answer as JSON')
    .action(async (file: string, options: VerifyOptions) => verify(file, options));
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const genesis = await loadGenesis(options.trust);
  const report = verifyEvidence(await read(file), { genesis });
  const { reading: path } = options;
  const proved = path === undefined ? undefined : provedReading(await read(path), report.items);
  if (options.json === true) {
    const { reading } = proved ?? {};
    const answer = reading === undefined ? report : { ...report, reading };
    process.stdout.write(`${JSON.stringify(answer, jsonValue)}\n`);
    return;
  }
  for (const sentence of report.sentences) process.stdout.write(`${sentence}\n`);
  if (proved !== undefined) process.stdout.write(`${proved.sentence}\n`);
}

function provedReading(bytes: Uint8Array, items: EvidenceReport['items']): ProvedReading {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new CodedError('EVIDENCE_MALFORMED', 'the proof of the reading is not JSON', { cause });
  }
  const proved = readingInEvidence(answer, { items });
  if (proved.ok) return proved.value;
  const { code, message } = proved.fault;
  const isMalformed = code === 'reading_proof_malformed';
  throw new CodedError(isMalformed ? 'EVIDENCE_MALFORMED' : 'EVIDENCE_TAMPERED', message);
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
