import type { SignatureCheck } from '@triflow/crypto';
import { assert } from '@triflow/protocol';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const FIXED_BYTES = 4 + KEY_BYTES + SIGNATURE_BYTES;

/** Signature checks in one byte string, so that one transfer carries them between threads. */
export function packChecks(checks: readonly SignatureCheck[]): Uint8Array {
  let length = 0;
  for (const check of checks) length += FIXED_BYTES + check.message.length;
  const packed = new Uint8Array(length);
  const view = new DataView(packed.buffer);
  let offset = 0;
  for (const { suite, publicKey, signature, message } of checks) {
    assert(suite === 'ed25519', 'packChecks: one suite so far');
    const fits = publicKey.length === KEY_BYTES && signature.length === SIGNATURE_BYTES;
    assert(fits, 'packChecks: key or signature of a wrong length');
    view.setUint32(offset, message.length);
    packed.set(publicKey, offset + 4);
    packed.set(signature, offset + 4 + KEY_BYTES);
    packed.set(message, offset + FIXED_BYTES);
    offset += FIXED_BYTES + message.length;
  }
  return packed;
}

/** Reads what `packChecks` wrote; the parts are views of the same bytes. */
export function unpackChecks(packed: Uint8Array): SignatureCheck[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const checks: SignatureCheck[] = [];
  let offset = 0;
  while (offset < packed.length) {
    const messageAt = offset + FIXED_BYTES;
    const end = messageAt + view.getUint32(offset);
    checks.push({
      suite: 'ed25519',
      publicKey: packed.subarray(offset + 4, offset + 4 + KEY_BYTES),
      signature: packed.subarray(offset + 4 + KEY_BYTES, messageAt),
      message: packed.subarray(messageAt, end),
    });
    offset = end;
  }
  return checks;
}
