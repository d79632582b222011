import { request } from 'node:http';
import { CodedError } from '@triflow/protocol';
import { z } from 'zod';
import type { AdminCall } from './adminCalls.js';
import { adminSocketPath } from './adminPlace.js';

const answerSchema = z.union([
  z.strictObject({ done: z.unknown() }),
  z.strictObject({ code: z.string(), message: z.string() }),
]);

/**
 * Asks the running node of a home. TRANSPORT_FAILED when none answers there; AUTH_NOT_VISIBLE for
 * anybody but its owner; else what the node refused it with.
 */
export async function askAdmin<T>(
  home: string,
  call: AdminCall,
  schema: z.ZodType<T>,
  body: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const text = await send(adminSocketPath(home), call, JSON.stringify(body));
  const parsed = answerSchema.parse(JSON.parse(text));
  if ('code' in parsed) throw new CodedError(parsed.code, parsed.message);
  return schema.parse(parsed.done);
}

function send(socketPath: string, call: AdminCall, body: string): Promise<string> {
  const [method = '', path = ''] = call.split(' ');
  return new Promise((resolve, reject) => {
    // Without a length Node sends no body's end with GET and DELETE.
    const headers = { 'content-length': Buffer.byteLength(body) };
    const asked = request({ socketPath, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(text));
      response.once('error', (cause) => reject(unreachable(socketPath, cause)));
    });
    asked.once('error', (cause) => reject(unreachable(socketPath, cause)));
    asked.end(body);
  });
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): CodedError {
  if (cause.code === 'EACCES') {
    const message = `${socketPath} is for the node's own user`;
    return new CodedError('AUTH_NOT_VISIBLE', message, { cause });
  }
  const message = `no node answers at ${socketPath}`;
  const details = { next: 'is it running? triflow status; --home DIR names another home' };
  return new CodedError('TRANSPORT_FAILED', message, { cause, details });
}
