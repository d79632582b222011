import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoSeed, publicKeyFromSeed, sealKeystore, verifySignature } from '@triflow/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeystoreFile } from './openKeystoreFile.js';

const seed = demoSeed('bank-yangtze');
const publicKey = publicKeyFromSeed(seed);
const request = { txId: 'tx_0', validUntilHeight: 1, commands: [] };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-sdk-'));
  await seal('bank.json', 'dev:bank-yangtze/k1');
  await writeFile(join(folder, 'password'), 'correct horse\n');
});

afterAll(() => rm(folder, { recursive: true }));

async function seal(
  name: string,
  label: string,
  kind: 'account' | 'consensus' = 'account',
): Promise<void> {
  const salt = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  const options = { seed, publicKey, salt, nonce, kind, label, password: 'correct horse' };
  const keystore = sealKeystore({ ...options, scryptN: 2 ** 14 });
  await writeFile(join(folder, name), JSON.stringify(keystore));
}

describe('a key file', () => {
  it('opens by password or password file; its label says whose key it is', async () => {
    const path = join(folder, 'bank.json');
    for (const options of [
      { password: 'correct horse' },
      { passwordFile: join(folder, 'password') },
    ]) {
      const account = await openKeystoreFile(path, options);
      expect([account.party, account.keyId]).toEqual(['dev:bank-yangtze', 'k1']);
      const message = new Uint8Array([1, 2, 3]);
      const signature = await account.sign(message, request);
      expect(verifySignature('ed25519', publicKey, message, signature)).toBe(true);
    }
  });

  it('with a label that names nobody needs to be told', async () => {
    await seal('other.json', 'the desk upstairs');
    const path = join(folder, 'other.json');
    const password = 'correct horse';
    await expect(openKeystoreFile(path, { password })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    const account = await openKeystoreFile(path, { password, party: 'lei:X1', keyId: 'k2' });
    expect([account.party, account.keyId]).toEqual(['lei:X1', 'k2']);
  });

  it('is refused with the reason', async () => {
    await seal('consensus.json', 'v1', 'consensus');
    await writeFile(join(folder, 'broken.json'), '{"format":');
    const password = 'correct horse';
    const cases: [string, { password?: string; passwordFile?: string }, string][] = [
      ['bank.json', { password: 'wrong' }, 'KEYSTORE_PASSWORD'],
      ['bank.json', {}, 'REQUEST_INVALID'],
      ['bank.json', { passwordFile: join(folder, 'none') }, 'KEYSTORE_INVALID'],
      ['consensus.json', { password }, 'KEYSTORE_INVALID'],
      ['broken.json', { password }, 'KEYSTORE_INVALID'],
      ['none.json', { password }, 'KEYSTORE_INVALID'],
    ];
    for (const [name, options, code] of cases) {
      const opening = openKeystoreFile(join(folder, name), options);
      await expect(opening).rejects.toMatchObject({ code });
    }
  });
});
