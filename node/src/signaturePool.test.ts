import { demoSeed, type SignatureCheck, signerFromSeed } from '@triflow/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SignaturePool } from './signaturePool.js';

const HERE_MAX = 4;
const MESSAGE_BYTES = 100;
const { publicKey, signSync } = signerFromSeed(demoSeed('signature pool'));

let pool: SignaturePool;

beforeEach(() => {
  pool = new SignaturePool();
});

afterEach(async () => {
  await pool.stop();
});

function checks(count: number, bytes = MESSAGE_BYTES): SignatureCheck[] {
  return Array.from({ length: count }, (_, index) => {
    const message = new Uint8Array(bytes).fill(index);
    return { suite: 'ed25519', publicKey, message, signature: signSync(message) };
  });
}

function forged(): SignatureCheck {
  const [other, right] = checks(2);
  if (other === undefined || right === undefined) throw new TypeError('two checks');
  return { ...right, signature: other.signature };
}

describe('the signature pool', () => {
  it('looks at a few by itself, and has no thread until there is more', async () => {
    expect(await pool.verify(checks(HERE_MAX))).toEqual([true, true, true, true]);
    expect(await pool.verify([])).toEqual([]);
    expect(pool.hasThread()).toBe(false);
    expect(await pool.verify(checks(HERE_MAX + 1))).toEqual(new Array(HERE_MAX + 1).fill(true));
    expect(pool.hasThread()).toBe(true);
  });

  it('leaves long messages, and all that one turn asks for together, to the thread', async () => {
    const together = await Promise.all([pool.verify(checks(2)), pool.verify(checks(3))]);
    expect(together).toEqual([
      [true, true],
      [true, true, true],
    ]);
    expect(pool.hasThread()).toBe(true);
    const other = new SignaturePool();
    expect(await other.verify(checks(1, 64 * 1_024))).toEqual([true]);
    expect(other.hasThread()).toBe(true);
    await other.stop();
  });

  it('a forged one is judged by the thread, and says nothing about those beside it', async () => {
    const [right] = checks(1);
    if (right === undefined) throw new TypeError('a check');
    const asked = [pool.verify([right, forged()]), pool.verify([right])];
    expect(await Promise.all(asked)).toEqual([[true, false], [true]]);
    expect(pool.hasThread()).toBe(true);
  });

  it('tells whoever waits when it stops, and whoever comes later', async () => {
    const waiting = pool.verify(checks(HERE_MAX + 1));
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    await pool.stop();
    await refused;
    await expect(pool.verify(checks(1))).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
