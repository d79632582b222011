import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
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

/** TRIFLOW_PASSWORD unless it is not asked, or a prompt that shows nothing of what is typed. */
export async function askPassword(what = 'Password', fromEnvironment = true): Promise<string> {
  const given = fromEnvironment ? process.env.TRIFLOW_PASSWORD : undefined;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    const where = fromEnvironment ? 'TRIFLOW_PASSWORD' : 'TRIFLOW_NEW_PASSWORD';
    const message = `no ${what.toLowerCase()}: give its file, or ${where}, or type it at a terminal`;
    throw new CodedError('KEYSTORE_PASSWORD', message);
  }
  process.stderr.write(`${what}: `);
  // What readline would echo goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('close', () => reject(new CodedError('KEYSTORE_PASSWORD', 'no password typed')));
    });
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
