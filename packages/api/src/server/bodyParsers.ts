import { failure, parseJson, plainFromJson, type Result } from '@triflow/protocol';
import type { FastifyInstance } from 'fastify';
import { TRANSACTION_BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE } from '../routes/transactions.js';
import { errorFromFault } from './problems.js';

/** A body of canonical bytes. A class of its own tells it from every JSON value. */
export class BytesBody {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * Reads bodies: JSON by the strict reader (no member twice, no floats), canonical bytes as they
 * are. Bytes leave Node's Buffer: its `slice` shares memory where Uint8Array's copies.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => {
      const value = jsonBody(body);
      if (value.ok) done(null, value.value);
      else done(errorFromFault(value.fault), undefined);
    },
  );
  app.addContentTypeParser(
    [TRANSACTION_MEDIA_TYPE, TRANSACTION_BATCH_MEDIA_TYPE],
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => done(null, new BytesBody(new Uint8Array(body))),
  );
}

function jsonBody(body: Buffer): Result<unknown> {
  if (body.length === 0) return failure('json_malformed', 'the body is empty', '');
  const value = parseJson(body);
  return value.ok ? plainFromJson(value.value) : value;
}
