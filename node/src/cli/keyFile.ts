import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Keystore,
  type KeystoreKind,
  keystoreSchema,
  type OpenedKeystore,
  openKeystore,
  publicKeyFromSeed,
  sealKeystore,
} from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network/peer-id';
import { CodedError, hexFromBytes, limits } from '@triflow/protocol';

const SALT_BYTES = 32;
const NONCE_BYTES = 12;
const SEED_BYTES = 32;
const PASSWORD_LENGTH_MIN = 8;

export interface KeyFacts {
  readonly publicKey: string;
  /** Of a node's key: by what name its peers know it. */
  readonly peerId?: string;
}

export interface NewKey {
  readonly kind: KeystoreKind;
  readonly label: string;
  readonly password: string;
  /** Made up when left out. */
  readonly seed?: Uint8Array;
}

/** Seals a key under a password and writes it where no file is yet, mode 0600. */
export async function createKeyFile(path: string, key: NewKey): Promise<KeyFacts> {
  const seed = key.seed ?? new Uint8Array(randomBytes(SEED_BYTES));
  const text = keyText({ ...key, seed });
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `${path} cannot be written, or is there already`, {
      cause,
    });
  }
  return factsOf(key.kind, seed);
}

/** Replaces a key file by one under another password: the new one is whole before the old goes. */
export async function replaceKeyFile(path: string, key: NewKey & { seed: Uint8Array }) {
  const fresh = `${path}.new`;
  try {
    const file = await open(fresh, 'w', 0o600);
    try {
      await file.writeFile(keyText(key));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    await rm(fresh, { force: true });
    throw new CodedError('KEYSTORE_INVALID', `${path} cannot be replaced`, { cause });
  }
  return factsOf(key.kind, key.seed);
}

/** What stands in a key file for all to see. KEYSTORE_INVALID for a file that is none. */
export async function readKeyFile(path: string): Promise<Keystore> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `${path} cannot be read as a key file`, { cause });
  }
  const parsed = keystoreSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `${path}: /${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is wrong'}`;
  throw new CodedError('KEYSTORE_INVALID', message);
}

/** Opens a key file. KEYSTORE_INVALID, KEYSTORE_PASSWORD. */
export async function unsealKeyFile(path: string, password: string): Promise<OpenedKeystore> {
  const opened = openKeystore(await readKeyFile(path), password);
  if (opened.ok) return opened.value;
  const isPassword = opened.fault.code === 'keystore_password';
  const code = isPassword ? 'KEYSTORE_PASSWORD' : 'KEYSTORE_INVALID';
  throw new CodedError(code, `${path}: ${opened.fault.message}`);
}

/** A password that may protect a key. KEYSTORE_PASSWORD. */
export function requirePassword(password: string): string {
  const { length } = password;
  if (length >= PASSWORD_LENGTH_MIN && length <= limits.passwordTextMax) return password;
  const message = `the password needs at least ${PASSWORD_LENGTH_MIN} characters`;
  throw new CodedError('KEYSTORE_PASSWORD', `${message}, at most ${limits.passwordTextMax}`);
}

function keyText({ kind, label, password, seed }: NewKey & { readonly seed: Uint8Array }): string {
  const document = sealKeystore({
    seed,
    kind,
    label,
    password: requirePassword(password),
    salt: new Uint8Array(randomBytes(SALT_BYTES)),
    nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
    publicKey: publicKeyFromSeed(seed),
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

function factsOf(kind: KeystoreKind, seed: Uint8Array): KeyFacts {
  const publicKey = hexFromBytes(publicKeyFromSeed(seed));
  return kind === 'node' ? { publicKey, peerId: peerIdFromSeed(seed) } : { publicKey };
}
