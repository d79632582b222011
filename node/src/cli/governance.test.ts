import { createServer } from 'node:http';
import { defined } from '@triflow/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProgram } from './program.js';

const GENESIS_HASH = `sha256:${'1'.repeat(64)}`;
const NO_PROBLEM = { ok: true, value: 0, threshold: 0 };

describe('validator propose', () => {
  it('adds no seat while the node asked is not well: QUORUM_UNAVAILABLE, and nothing is sent', async () => {
    const asked: string[] = [];
    const peers = { ok: false, value: 2, threshold: 3, reason: 'no connection to v3, v4' };
    const node = await listen(asked, {
      '/v1/info': { chainId: 'c-1', genesisHash: GENESIS_HASH },
      '/v1/health': { ready: false, checks: { peers, sync: NO_PROBLEM } },
    });
    const seat = ['--party', 'p', '--peer-id', 'x', '--public-key', '00'.repeat(32)];
    const words = ['validator', 'propose', 'add', 'v5', ...seat, '--node', node];
    const trusted = ['--genesis-hash', GENESIS_HASH];
    const run = createProgram().parseAsync([...words, ...trusted], { from: 'user' });
    await expect(run).rejects.toMatchObject({
      code: 'QUORUM_UNAVAILABLE',
      message: expect.stringContaining('no connection to v3, v4'),
    });
    expect(asked).toEqual(['GET /v1/info', 'GET /v1/health']);
  });
});

/** A server of this test that answers by path, closed with it. */
async function listen(
  asked: string[],
  answers: Readonly<Record<string, unknown>>,
): Promise<string> {
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `http://127.0.0.1:${defined(port, 'a port')}`;
}
