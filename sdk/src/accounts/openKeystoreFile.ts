import { readFile } from 'node:fs/promises';
import { openKeystore } from '@triflow/crypto';
import { TriflowError } from '../errors/triflowError.js';
import { jsonOf } from '../transports/readProblem.js';
import { type Account, accountFromSeed } from './account.js';

export interface KeystoreFileOptions {
  readonly password?: string;
  /** A file that holds the password; one line end after it is dropped. */
  readonly passwordFile?: string;
  /** Whose key it is; without these two the file's label says so: `<party>/<keyId>`. */
  readonly party?: string;
  readonly keyId?: string;
}

/** An account whose key lies encrypted in a file. `KEYSTORE_INVALID`, `KEYSTORE_PASSWORD`. */
export async function openKeystoreFile(
  path: string,
  options: KeystoreFileOptions,
): Promise<Account> {
  const password = await passwordOf(options);
  const opened = openKeystore(jsonOf(await read(path)), password);
  if (!opened.ok) {
    const wrong = opened.fault.code === 'keystore_password';
    const code = wrong ? 'KEYSTORE_PASSWORD' : 'KEYSTORE_INVALID';
    throw new TriflowError(code, `${path}: ${opened.fault.message}`);
  }
  const { seed, kind, label } = opened.value;
  if (kind !== 'account') {
    throw new TriflowError('KEYSTORE_INVALID', `${path} holds a ${kind} key, not an account's`);
  }
  const slash = label.lastIndexOf('/');
  const party = options.party ?? label.slice(0, Math.max(0, slash));
  const keyId = options.keyId ?? label.slice(slash + 1);
  return accountFromSeed({ party, keyId, seed });
}

async function passwordOf({ password, passwordFile }: KeystoreFileOptions): Promise<string> {
  if (password !== undefined) return password;
  if (passwordFile === undefined) {
    throw new TriflowError('REQUEST_INVALID', 'keystore: give password or passwordFile');
  }
  return new TextDecoder().decode(await read(passwordFile)).replace(/\r?\n$/, '');
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TriflowError('KEYSTORE_INVALID', `${path} cannot be read`, { cause });
  }
}
