import { connect } from 'node:net';
import { isCodedError } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { createFakeNode, fakeTransaction } from '../testing/fakeBackend.js';
import { memoryLogger } from '../testing/inject.js';
import type { TxOutcome, WaitOptions } from './backend.js';
import { createServer, type Server, type ServerOptions } from './createServer.js';

function serverOf(options: Partial<ServerOptions> = {}): Server {
  const { logger } = memoryLogger();
  const { backend } = createFakeNode();
  return createServer({ backend, logger, host: '127.0.0.1', port: 0, ...options });
}

describe('createServer', () => {
  it('listens only when started, on one port or on two', async () => {
    const one = serverOf();
    const single = await one.start();
    expect(single.opsUrl).toBe(single.url);
    expect((await fetch(`${single.url}/livez`)).status).toBe(200);
    await one.stop();
    const two = serverOf({ ops: { host: '127.0.0.1', port: 0 } });
    const { url, opsUrl } = await two.start();
    expect(opsUrl).not.toBe(url);
    expect((await fetch(`${opsUrl}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(404);
    await two.stop();
  });

  it('names host and port when the port is taken, and leaves nothing open', async () => {
    const first = serverOf();
    const { url } = await first.start();
    const port = Number(new URL(url).port);
    const other = serverOf({ ops: { host: '127.0.0.1', port } });
    const error: unknown = await other.start().catch((thrown: unknown) => thrown);
    expect(isCodedError(error, 'PORT_IN_USE')).toBe(true);
    expect(error).toMatchObject({
      message: `127.0.0.1:${port} is taken by another program`,
      details: { host: '127.0.0.1', port },
    });
    await first.stop();
  });

  it('stops twice as well as once, and before it was started', async () => {
    const server = serverOf();
    await server.start();
    await Promise.all([server.stop(), server.stop()]);
    await serverOf().stop();
  });

  it('answers a waiting request before it stops', async () => {
    let begun = () => {};
    const waiting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const waitOutcome = (_: unknown, { signal }: WaitOptions) =>
      new Promise<TxOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'pending', validUntilHeight: 7 }));
        begun();
      });
    const { backend } = createFakeNode({ replace: { waitOutcome } });
    const server = serverOf({ backend });
    const { url } = await server.start();
    const answer = fetch(`${url}/v1/transactions?wait=60`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.triflow.tx' },
      body: fakeTransaction(1),
    });
    await waiting;
    await server.stop();
    expect((await answer).status).toBe(202);
  });

  it('stops waiting for an outcome when the client leaves', async () => {
    let left = () => {};
    const aborted = new Promise<void>((resolve) => {
      left = resolve;
    });
    const leaving = new AbortController();
    const waitOutcome = (_: unknown, { signal }: WaitOptions) =>
      new Promise<TxOutcome>((resolve) => {
        signal.addEventListener('abort', () => {
          left();
          resolve({ kind: 'pending', validUntilHeight: 7 });
        });
        leaving.abort();
      });
    const { backend } = createFakeNode({ replace: { waitOutcome } });
    const server = serverOf({ backend });
    const { url } = await server.start();
    const id = `tx_${'1'.repeat(64)}`;
    const answer = fetch(`${url}/v1/transactions/${id}?wait=60`, { signal: leaving.signal });
    await expect(answer).rejects.toThrow();
    await aborted;
    await server.stop();
  });

  it('answers bytes that are no HTTP with a problem and goes on', async () => {
    const server = serverOf();
    const { url } = await server.start();
    const port = Number(new URL(url).port);
    const text = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk) => {
        received += String(chunk);
      });
      socket.on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('REQUEST_MALFORMED');
    expect((await fetch(`${url}/v1/info`)).status).toBe(200);
    await server.stop();
  });
});
