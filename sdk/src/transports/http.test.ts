import { beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError, type TriflowError } from '../errors/triflowError.js';
import { type FakeNode, problem } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';
import { http } from './http.js';

let world: World;

beforeEach(() => {
  world = createWorld();
});

async function errorOf(work: Promise<unknown>): Promise<TriflowError> {
  try {
    await world.clock.run(work);
  } catch (error) {
    if (isTriflowError(error)) return error;
    throw error;
  }
  throw new RangeError('nothing was thrown');
}

function asked(node: 0 | 1): number {
  return world.nodes[node].seen.length;
}

describe('failover', () => {
  const failures: Record<string, FakeNode['instead']> = {
    'cannot be reached': () => 'down',
    'does not answer': () => 'hang',
    'is catching up': () => problem('NODE_SYNCING'),
    'has halted': () => problem('NODE_HALTED'),
    'stands behind a broken proxy': () => new Response('<html>', { status: 502 }),
  };

  for (const [name, failure] of Object.entries(failures)) {
    it(`goes to the next node when one ${name}, and stays there`, async () => {
      world.nodes[0].instead = failure;
      const head = await world.clock.run(world.client.head());
      expect(head.verified?.signers).toBe(3);
      const before = asked(0);
      await world.clock.run(world.client.head());
      expect(asked(0)).toBe(before);
    });
  }

  it('does not go on when a node refuses the request itself', async () => {
    world.nodes[0].instead = ({ path }) => {
      return path === '/v1/state' ? problem('REQUEST_INVALID') : undefined;
    };
    expect((await errorOf(world.client.head())).code).toBe('REQUEST_INVALID');
    expect(asked(1)).toBe(0);
  });

  it('comes back to a node after all have failed for a while', async () => {
    const { nodes, clock, client } = world;
    let failures = 0;
    for (const node of nodes) {
      node.instead = () => {
        failures += 1;
        return failures > 8 ? undefined : 'down';
      };
    }
    const startMs = clock.nowMs();
    expect((await clock.run(client.head())).height).toBe(1);
    expect(clock.nowMs() - startMs).toBe(100 + 200 + 400 + 800);
  });

  it('ends with the deadline when nobody answers', async () => {
    for (const node of world.nodes) node.instead = () => 'hang';
    const startMs = world.clock.nowMs();
    const error = await errorOf(world.client.head({ timeoutMs: 7_000 }));
    expect([error.code, error.retry]).toEqual(['TRANSPORT_FAILED', 'same']);
    expect(world.clock.nowMs() - startMs).toBe(7_000);
    expect(world.clock.timers()).toBe(0);
  });

  it('prefers to say that a node is not ready yet over that another is gone', async () => {
    world.nodes[0].instead = () => problem('NODE_SYNCING');
    world.nodes[1].instead = () => 'down';
    expect((await errorOf(world.client.head({ timeoutMs: 50 }))).code).toBe('NODE_SYNCING');
  });
});

describe('answers', () => {
  it('that are problems become errors with all that they say', async () => {
    world.nodes[0].instead = ({ path }) => {
      return path === '/v1/state' ? problem('PROOF_PRUNED') : undefined;
    };
    const error = await errorOf(world.client.head({ at: 1 }));
    expect(error).toMatchObject({
      code: 'PROOF_PRUNED',
      retry: 'never',
      requestId: 'rq_1',
      node: 'http://n1.test',
      details: { status: 410 },
    });
  });

  it('that are none of ours are refused by name', async () => {
    const bodies = ['', '[]', '{"height":1}', 'nul', '{"keys":[],"proofs":[],"height":"1"}'];
    for (const body of bodies) {
      world.nodes[0].instead = ({ path }) => {
        return path === '/v1/state' ? new Response(body, { status: 200 }) : undefined;
      };
      const error = await errorOf(world.client.head({ timeoutMs: 10 }));
      expect(error.code).toBe('TRANSPORT_FAILED');
    }
  });

  it('that never end are cut off at the limit', async () => {
    const chunk = new Uint8Array(8 * 1024 * 1024);
    const endless = (): Response => {
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        controller.enqueue(chunk);
      };
      return new Response(new ReadableStream<Uint8Array>({ pull }));
    };
    for (const node of world.nodes) {
      node.instead = ({ path }) => (path === '/v1/state' ? endless() : undefined);
    }
    const error = await errorOf(world.client.head({ timeoutMs: 10 }));
    expect(error.message).toContain('too large');
  });

  it('with a problem that is not one count as a broken node', async () => {
    const bodies = ['{"code":"lower","retry":"never"}', '{"code":"X","retry":"sometimes"}', ''];
    for (const body of bodies) {
      world.nodes[0].instead = () => new Response(body, { status: 500 });
      expect((await world.clock.run(world.client.head())).height).toBe(1);
    }
  });
});

describe('addresses', () => {
  it('are http or https, one at least', () => {
    for (const urls of [[], 'n1.test', 'ftp://n1', 'http://a b', ['http://ok', '']]) {
      expect(() => http(urls)).toThrowError(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    }
    expect(() => http('https://n1.test/')).not.toThrow();
  });
});
