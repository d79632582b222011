import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { CodedError } from '@triflow/protocol';
import type { NodeConfig } from '../config.js';

/** The key files' password: from the configured file, TRIFLOW_PASSWORD, or a prompt. */
export async function readPassword(config: NodeConfig): Promise<string> {
  const file = config.keys?.passwordFile;
  if (file !== undefined) return firstLine(file);
  return askPassword();
}

/** The password of a file's first line. */
export async function firstLine(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).split('\n')[0] ?? '';
  } catch (cause) {
    throw new CodedError('KEYSTORE_PASSWORD', `the password file ${file} cannot be read`, {
      cause,
    });
  }
}

/** TRIFLOW_PASSWORD, or a prompt that shows nothing of what is typed. */
export async function askPassword(): Promise<string> {
  const given = process.env.TRIFLOW_PASSWORD;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    throw new CodedError(
      'KEYSTORE_PASSWORD',
      'no password: set keys.passwordFile or TRIFLOW_PASSWORD, or start from a terminal',
    );
  }
  process.stderr.write('Password: ');
  const reader = createInterface({ input: process.stdin, terminal: true });
  try {
    return await new Promise<string>((resolve) => reader.once('line', resolve));
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
