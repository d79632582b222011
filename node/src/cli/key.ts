import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { KeystoreKind } from '@triflow/crypto';
import {
  bytesFromHexText,
  CodedError,
  compareText,
  isWellFormedText,
  limits,
} from '@triflow/protocol';
import { Command } from 'commander';
import { createKeyFile, readKeyFile, replaceKeyFile, unsealKeyFile } from './keyFile.js';
import { type OutputOptions, print, tableLines } from './output.js';
import { askPassword, firstLine } from './password.js';

const SEED_BYTES = 32;
const PRIVATE_MODE = 0o077;

interface PasswordOptions extends OutputOptions {
  readonly passwordFile?: string;
  readonly newPasswordFile?: string;
}

interface NewOptions extends PasswordOptions {
  readonly out: string;
  readonly label?: string;
}

interface ImportOptions extends NewOptions {
  readonly seedFile: string;
}

interface RotateOptions extends PasswordOptions {
  readonly home: string;
}

/** `triflow key`: encrypted key files, mode 0600; no verb ever shows or writes a bare secret. */
export function keyCommand(): Command {
  const key = new Command('key').description('key files: encrypted, never overwritten');
  withPassword(key.command('new'))
    .description('make a key')
    .argument('<kind>', 'consensus, node or account')
    .requiredOption('--out <file>', 'where to write the key file')
    .option('--label <text>', 'a name to recognise it by; an account’s: PARTY/KEYID')
    .action(newKey);
  key
    .command('list')
    .description('the key files of a folder')
    .argument('[folder]', 'where they lie', 'keys')
    .option('--json', 'answer as JSON')
    .action(listKeys);
  key
    .command('show')
    .description('show the public part of a key file')
    .argument('<file>')
    .option('--json', 'answer as JSON')
    .action(showKey);
  withPassword(key.command('import'))
    .description('seal a key that was made elsewhere; its bare file is yours to destroy')
    .argument('<kind>', 'consensus, node or account')
    .requiredOption('--seed-file <file>', 'the 32-byte Ed25519 seed as 64 hexadecimal digits')
    .requiredOption('--out <file>', 'where to write the key file')
    .option('--label <text>', 'a name to recognise it by; an account’s: PARTY/KEYID')
    .action(importKey);
  withNewPassword(key.command('export'))
    .description('a copy under another password, for a backup or another machine')
    .argument('<file>')
    .requiredOption('--out <file>', 'where to write the copy')
    .action(exportKey);
  withNewPassword(key.command('passwd'))
    .description('change the password of a key file')
    .argument('<file>')
    .action(changePassword);
  withPassword(key.command('rotate'))
    .description('make a validator’s next consensus key; a vote brings it into force')
    .option('--home <dir>', 'the node’s home', '.')
    .action(rotateKey);
  return key;
}

function withPassword(command: Command): Command {
  return command
    .option('--password-file <file>', 'read the password from a file')
    .option('--json', 'answer as JSON');
}

function withNewPassword(command: Command): Command {
  return withPassword(command).option('--new-password-file <file>', 'the new password, likewise');
}

async function newKey(word: string, options: NewOptions): Promise<void> {
  const kind = kindOf(word);
  const label = labelOf(kind, options.label);
  const password = await passwordOf(options);
  const made = await createKeyFile(options.out, { kind, label, password });
  print(options, { kind, file: options.out, ...made });
}

async function listKeys(folder: string, options: OutputOptions): Promise<void> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort(compareText);
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `the folder ${folder} cannot be read`, { cause });
  }
  const keys = [];
  for (const name of names) {
    const file = join(folder, name);
    const found = await readKeyFile(file).catch(() => undefined);
    if (found === undefined) continue;
    const { kind, label, publicKey } = found;
    const isPrivate = ((await stat(file)).mode & PRIVATE_MODE) === 0;
    keys.push({ file, kind, label, publicKey, private: isPrivate });
  }
  const rows = keys.map((one) => {
    return [one.file, one.kind, one.label, one.publicKey, one.private ? '' : 'OPEN TO OTHERS'];
  });
  print(options, { folder, keys }, tableLines(['file', 'kind', 'label', 'public key', ''], rows));
}

async function showKey(file: string, options: OutputOptions): Promise<void> {
  const { kind, label, publicKey } = await readKeyFile(file);
  print(options, { kind, label, publicKey });
}

async function importKey(word: string, options: ImportOptions): Promise<void> {
  const kind = kindOf(word);
  const seed = bytesFromHexText((await firstLine(options.seedFile)).trim());
  if (seed?.length !== SEED_BYTES) {
    const message = `${options.seedFile} holds no seed of ${2 * SEED_BYTES} hexadecimal digits`;
    throw new CodedError('KEYSTORE_INVALID', message);
  }
  const label = labelOf(kind, options.label);
  const password = await passwordOf(options);
  const made = await createKeyFile(options.out, { kind, label, password, seed });
  print(options, { kind, file: options.out, ...made });
}

async function exportKey(file: string, options: NewOptions): Promise<void> {
  const { seed, kind, label } = await unsealKeyFile(file, await passwordOf(options));
  const password = await newPasswordOf(options);
  const made = await createKeyFile(options.out, { kind, label, password, seed });
  print(options, { kind, label, file: options.out, ...made });
}

async function changePassword(file: string, options: PasswordOptions): Promise<void> {
  const { seed, kind, label } = await unsealKeyFile(file, await passwordOf(options));
  const password = await newPasswordOf(options);
  const made = await replaceKeyFile(file, { kind, label, password, seed });
  print(options, { kind, label, file, ...made }, [`${file} opens with the new password only`]);
}

/** The old key signs on until the vote counts; the node takes up the new one by its height. */
async function rotateKey(options: RotateOptions): Promise<void> {
  const file = 'keys/consensus-next.json';
  const password = await passwordOf(options);
  const out = join(resolve(options.home), file);
  const made = await createKeyFile(out, { kind: 'consensus', label: 'consensus-next', password });
  const steps = [
    `in triflow.toml, under [keys]: nextConsensus = "${file}"; then start the node again`,
    `triflow validator propose rotate VALIDATOR --public-key ${made.publicKey} --key FILE`,
    'when it has passed: triflow validator ready PROPOSAL --home DIR --key FILE',
    'once it is in force: consensus = the new file, rekeyed = true under [node]; keep the old file',
  ];
  print(options, { file: out, ...made, steps }, [
    `public key  ${made.publicKey}`,
    ...steps.map((step, at) => `${at + 1}. ${step}`),
  ]);
}

function kindOf(word: string): KeystoreKind {
  if (word === 'consensus' || word === 'node' || word === 'account') return word;
  throw new CodedError('CONFIG_INVALID', `a key is consensus, node or account, not ${word}`);
}

function labelOf(kind: KeystoreKind, label: string | undefined): string {
  if (label === undefined) return kind;
  if (label.length <= limits.nameTextMax && isWellFormedText(label)) return label;
  throw new CodedError('REQUEST_INVALID', `--label: at most ${limits.nameTextMax} characters`);
}

function passwordOf({ passwordFile }: PasswordOptions): Promise<string> {
  return passwordFile === undefined ? askPassword() : firstLine(passwordFile);
}

/** The environment names the old one; a new one comes from its own file or from a terminal. */
async function newPasswordOf({ newPasswordFile }: PasswordOptions): Promise<string> {
  if (newPasswordFile !== undefined) return firstLine(newPasswordFile);
  const given = process.env.TRIFLOW_NEW_PASSWORD;
  return given ?? askPassword('New password', false);
}
