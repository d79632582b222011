import { createServer } from 'node:net';
import { CodedError } from '@triflow/protocol';
import { textFromHostPort } from './address.js';

/**
 * Why listening failed, asked of the operating system itself: libp2p tells it only as prose.
 * PORT_IN_USE names host and port; anything else is CONFIG_INVALID.
 */
export async function listenFailure(
  host: string,
  port: number,
  cause: unknown,
): Promise<CodedError> {
  const reason = await tryListen(host, port);
  const where = textFromHostPort(host, port);
  const details = { host, port, reason: reason ?? 'unknown' };
  if (reason === 'EADDRINUSE') {
    return new CodedError('PORT_IN_USE', `${where} is taken by another process`, {
      details,
      cause,
    });
  }
  return new CodedError('CONFIG_INVALID', `cannot listen on ${where}: ${details.reason}`, {
    details,
    cause,
  });
}

/** The system's error code, or undefined when listening works. */
function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}
