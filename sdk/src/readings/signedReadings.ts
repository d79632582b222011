import { base64UrlFromBytes, bytesFromBase64Url } from '@triflow/api/routes';
import { type Reading, readingSchema } from '@triflow/contracts/schemas';
import { verifySignature } from '@triflow/crypto';
import { encodeCanonical, failure, limits, type Result, success } from '@triflow/protocol';
import { z } from 'zod';

const DOMAIN = 'triflow/readings/1';

const messageSchema = z.strictObject({
  device: z.string().regex(/^dv_[a-z0-9-]{1,60}$/),
  keyId: z.string().regex(/^[a-z0-9-]{1,32}$/),
  readings: z.array(readingSchema).min(1).max(limits.readingsPerBatchMax),
  signature: z.string().max(128),
});

/** Readings as a device says them, with its signature. */
export interface SignedReadings {
  readonly device: string;
  readonly keyId: string;
  readonly readings: readonly Reading[];
  readonly signature: Uint8Array;
}

/** The bytes that a device signs: its id, the key it signs with, and the readings. */
export function readingsSignBytes(message: Omit<SignedReadings, 'signature'>): Uint8Array {
  const { device, keyId, readings } = message;
  const rows = readings.map(({ seq, time, kind, values }) => [seq, time, kind, [...values]]);
  return encodeCanonical([DOMAIN, device, keyId, rows]);
}

/** Signs readings and gives the JSON text that a gateway takes, by MQTT or HTTP. */
export async function signReadings(
  message: Omit<SignedReadings, 'signature'>,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  const signature = await sign(readingsSignBytes(message));
  return JSON.stringify({ ...message, signature: base64UrlFromBytes(signature) });
}

/** Reads a device's message. Faults: `readings_too_large`, `readings_malformed`. */
export function readSignedReadings(text: string): Result<SignedReadings> {
  if (text.length > limits.deviceMessageBytesMax) {
    return failure('readings_too_large', `over ${limits.deviceMessageBytesMax} characters`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('readings_malformed', 'not JSON');
  }
  const parsed = messageSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return failure('readings_malformed', issue?.message ?? '', (issue?.path ?? []).join('/'));
  }
  const signature = bytesFromBase64Url(parsed.data.signature);
  if (signature === undefined) return failure('readings_malformed', 'signature is not base64url');
  return success({ ...parsed.data, signature });
}

/** Whether the readings were signed by a key, taken from the chain's register. */
export function areSignedBy(
  message: SignedReadings,
  key: { readonly suite: string; readonly publicKey: Uint8Array },
): boolean {
  const bytes = readingsSignBytes(message);
  return verifySignature(key.suite, key.publicKey, bytes, message.signature);
}
