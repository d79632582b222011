import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { openKeystore, publicKeyFromSeed, sealKeystore } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';
import { CodedError, hexFromBytes } from '@triflow/protocol';
import { Command, Option } from 'commander';
import { askPassword, firstLine } from './password.js';

const SALT_BYTES = 32;
const NONCE_BYTES = 12;

type KeyKind = 'consensus' | 'node' | 'account';

interface NewOptions {
  readonly out: string;
  readonly label?: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
}

/** `triflow key new | show`: encrypted key files, mode 0600. */
export function keyCommand(): Command {
  const key = new Command('key').description('key files: encrypted, never overwritten');
  key
    .command('new')
    .description('make a key')
    .argument('<kind>', 'consensus, node or account')
    .requiredOption('--out <file>', 'where to write the key file')
    .option('--label <text>', 'a name to recognise it by')
    .option('--password-file <file>', 'read the password from a file')
    .addOption(new Option('--json', 'answer as JSON'))
    .action(async (kind: string, options: NewOptions) => newKey(kind, options));
  key
    .command('show')
    .description('show the public part of a key file')
    .argument('<file>')
    .option('--json', 'answer as JSON')
    .action(async (file: string, options: { json?: boolean }) => showKey(file, options));
  return key;
}

/** Makes a seed, seals it under a password and writes it where no file is yet. */
export async function createKeyFile(
  kind: KeyKind,
  path: string,
  label: string,
  password: string,
): Promise<{ readonly publicKey: string; readonly peerId?: string }> {
  const seed = new Uint8Array(randomBytes(32));
  const publicKey = publicKeyFromSeed(seed);
  const document = sealKeystore({
    seed,
    kind,
    label,
    password,
    salt: new Uint8Array(randomBytes(SALT_BYTES)),
    nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
    publicKey,
  });
  try {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `${path} cannot be written, or is there already`, {
      cause,
    });
  }
  const shown = { publicKey: hexFromBytes(publicKey) };
  return kind === 'node' ? { ...shown, peerId: peerIdFromSeed(seed) } : shown;
}

async function newKey(kind: string, options: NewOptions): Promise<void> {
  if (kind !== 'consensus' && kind !== 'node' && kind !== 'account') {
    throw new CodedError('CONFIG_INVALID', `a key is consensus, node or account, not ${kind}`);
  }
  const file = options.passwordFile;
  const password = file === undefined ? await askPassword() : await firstLine(file);
  const made = await createKeyFile(kind, options.out, options.label ?? kind, password);
  print({ kind, file: options.out, ...made }, options.json);
}

async function showKey(file: string, options: { json?: boolean }): Promise<void> {
  let document: { kind?: unknown; label?: unknown; publicKey?: unknown };
  try {
    document = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `${file} cannot be read`, { cause });
  }
  const { kind, label, publicKey } = document;
  const opened = openKeystore(document, '');
  if (!opened.ok && opened.fault.code === 'keystore_invalid') {
    throw new CodedError('KEYSTORE_INVALID', `${file}: ${opened.fault.message}`);
  }
  print({ kind, label, publicKey }, options.json);
}

function print(facts: Record<string, unknown>, json: boolean | undefined): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(facts)) {
    process.stdout.write(`${name.padEnd(10)} ${String(value)}\n`);
  }
}
