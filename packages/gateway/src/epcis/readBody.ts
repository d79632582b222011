import type { Readable } from 'node:stream';
import { CodedError } from '@triflow/protocol';

/** How many times the limit a client is listened to, so that it gets its answer. */
const DRAINED_TIMES = 4;

/** All bytes of a request's body. Throws EPCIS_CAPTURE_LIMIT once it has been read to its end. */
export async function readBody(payload: Readable, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of payload as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size <= bytesMax) pieces.push(piece);
    else pieces.length = 0;
    if (size > bytesMax * DRAINED_TIMES) break;
  }
  if (size <= bytesMax) return Buffer.concat(pieces);
  throw new CodedError('EPCIS_CAPTURE_LIMIT', `a capture has at most ${bytesMax} bytes`);
}
