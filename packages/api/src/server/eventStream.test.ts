import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { problemSchema } from '../routes/problem.js';
import { createFakeNode, FAKE_CHAIN, type FakeNode } from '../testing/fakeBackend.js';
import { createTestServer, memoryLogger } from '../testing/inject.js';
import { openStream, type SseClient, type SseMessage } from '../testing/sseClient.js';
import type { NodeBackend, PlacedEvent } from './backend.js';
import { createCommitSignal } from './commitSignal.js';
import { createServer, type Server, type ServerOptions } from './createServer.js';
import { createEventStreams } from './eventStream.js';

const running: Server[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function serve(
  node: FakeNode,
  streams: ServerOptions['streams'] = {},
): Promise<{ url: string; server: Server }> {
  const { logger } = memoryLogger();
  const { backend } = node;
  const server = createServer({ backend, logger, host: '127.0.0.1', port: 0, streams });
  running.push(server);
  const { url } = await server.start();
  return { url: `${url}/v1/events`, server };
}

async function take(client: SseClient, count: number): Promise<(SseMessage | undefined)[]> {
  const messages: (SseMessage | undefined)[] = [];
  while (messages.length < count) messages.push(await client.next());
  return messages;
}

/** A response whose client reads one message when told. */
class HeldResponse extends Writable {
  #held: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  writeHead(): this {
    return this;
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    this.#held = done;
  }

  async release(): Promise<void> {
    while (this.#held === undefined) await new Promise(setImmediate);
    const held = this.#held;
    this.#held = undefined;
    held();
  }
}

function openHeld(options: { blocks: number; stallMs?: number }) {
  const { backend } = createFakeNode({ blocks: options.blocks });
  const { events } = backend;
  let reads = 0;
  const counted: NodeBackend = {
    ...backend,
    events: (...args) => {
      reads += 1;
      return events(...args);
    },
  };
  const { logger } = memoryLogger();
  const streams = createEventStreams(
    { backend: counted, commits: createCommitSignal(counted), logger },
    { clientsMax: 1, commentMs: 60_000, stallMs: options.stallMs ?? 60_000 },
  );
  const response = new HeldResponse();
  const request = {
    response: response as unknown as ServerResponse,
    headers: {},
    after: undefined,
    filter: {},
    visible: async (events: readonly PlacedEvent[]) => events,
  };
  return { response, opened: streams.open(request, () => undefined), reads: () => reads };
}

describe('the event stream', () => {
  it('sends what is stored and then what is committed, by cursor', async () => {
    const node = createFakeNode();
    const { url } = await serve(node);
    const client = await openStream(`${url}?after=1.0.0`);
    expect(client.status).toBe(200);
    expect(client.headers['content-type']).toContain('text/event-stream');
    expect(client.headers['triflow-chain-id']).toBe(FAKE_CHAIN);
    expect(client.headers['cache-control']).toBe('no-store');
    expect(await client.next()).toEqual(Object.fromEntries([['retry', '2000']]));
    const stored = await take(client, 2);
    expect(stored.map((message) => message?.id)).toEqual(['2.0.0', '3.0.0']);
    expect(stored[0]).toMatchObject({
      data: { cursor: '2.0.0', type: 'receipt.issued', subject: 'wr_2' },
    });
    node.commit();
    expect(await client.next()).toMatchObject({ id: '4.0.0' });
    client.leave();
  });

  it('resumes after Last-Event-ID rather than after the URL', async () => {
    const { url } = await serve(createFakeNode());
    const client = await openStream(`${url}?after=1.0.0`, { 'last-event-id': '2.0.0' });
    const [, event] = await take(client, 2);
    expect(event).toMatchObject({ id: '3.0.0' });
    client.leave();
  });

  it('starts at the head when asked for the latest, and filters', async () => {
    const node = createFakeNode();
    const { url } = await serve(node);
    const client = await openStream(`${url}?after=latest&types=receipt.frozen&subject=wr_9`);
    await client.next();
    node.commit();
    node.commit({ type: 'receipt.frozen', subject: 'wr_8' });
    node.commit({ type: 'receipt.frozen', subject: 'wr_9' });
    expect(await client.next()).toMatchObject({ id: '6.0.0', data: { subject: 'wr_9' } });
    client.leave();
  });

  it('sends a checkpoint every 50 blocks when nothing matches, from which to resume', async () => {
    const node = createFakeNode({ blocks: 49 });
    const { url } = await serve(node);
    const client = await openStream(`${url}?types=receipt.frozen`);
    await client.next();
    node.commit();
    const checkpoint = await client.next();
    expect(checkpoint).toEqual({
      event: 'checkpoint',
      id: '50.4294967295.0',
      data: { cursor: '50.4294967295.0', height: 50 },
    });
    client.leave();
    node.commit({ type: 'receipt.frozen' });
    const again = await openStream(`${url}?types=receipt.frozen`, {
      'last-event-id': String(checkpoint?.id),
    });
    expect((await take(again, 2))[1]).toMatchObject({ id: '51.0.0' });
    again.leave();
  });

  it('keeps an idle stream open with comments', async () => {
    const { url } = await serve(createFakeNode({ blocks: 0 }), { commentMs: 1 });
    const client = await openStream(url);
    expect((await take(client, 3)).slice(1)).toEqual([{ comment: '' }, { comment: '' }]);
    client.leave();
  });

  it('sends thousands of stored events in order', async () => {
    const { url } = await serve(createFakeNode({ blocks: 3_000 }));
    const client = await openStream(url);
    await client.next();
    const messages = await take(client, 3_000);
    expect(messages.map((message) => message?.id)).toEqual(
      Array.from({ length: 3_000 }, (_, i) => `${i + 1}.0.0`),
    );
    client.leave();
  });

  it('reads no further ahead than its client', async () => {
    const { response, opened, reads } = openHeld({ blocks: 1_000 });
    for (let i = 0; i < 50; i += 1) await response.release();
    expect(reads()).toBe(1);
    for (let i = 0; i < 60; i += 1) await response.release();
    expect(reads()).toBe(2);
    response.destroy();
    await opened;
  });

  it('drops a client that reads nothing for too long', async () => {
    const { response, opened } = openHeld({ blocks: 3, stallMs: 1 });
    await opened;
    expect(response.destroyed).toBe(true);
  });

  it('says bye and ends when the server stops', async () => {
    const { url, server } = await serve(createFakeNode());
    const client = await openStream(`${url}?after=latest`);
    await client.next();
    const stopped = server.stop();
    expect(await take(client, 2)).toEqual([{ event: 'bye', data: {} }, undefined]);
    await stopped;
  });

  it('tells a cursor that falls out of what is kept, and ends', async () => {
    const node = createFakeNode();
    const { url } = await serve(node);
    const client = await openStream(`${url}?after=2.0.0`);
    await take(client, 2);
    node.prunedBelow = 100;
    node.commit();
    const [problem, end] = await take(client, 2);
    expect(problem?.event).toBe('problem');
    expect(problemSchema.parse(problem?.data).code).toBe('CURSOR_PRUNED');
    expect(end).toBeUndefined();
  });

  it('refuses more streams than it may hold, and takes one again when another leaves', async () => {
    const { url } = await serve(createFakeNode(), { clientsMax: 1 });
    const first = await openStream(url);
    await first.next();
    const second = await openStream(url);
    expect(second.status).toBe(429);
    expect(second.headers['retry-after']).toBe('1');
    first.leave();
    let status = 429;
    while (status === 429) {
      const next = await openStream(url);
      status = next.status;
      next.leave();
    }
    expect(status).toBe(200);
  });

  it('refuses before it streams: a wrong cursor 422, an old one 410', async () => {
    const node = createFakeNode();
    node.prunedBelow = 3;
    const { get } = createTestServer(node);
    const accept = { accept: 'text/event-stream' };
    const wrong = await get('/v1/events', { ...accept, 'last-event-id': 'x' });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'REQUEST_INVALID']);
    const old = await get('/v1/events?after=1.0.0', accept);
    expect([old.status, old.body.code]).toEqual([410, 'CURSOR_PRUNED']);
  });
});
