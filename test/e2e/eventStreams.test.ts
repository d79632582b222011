import { join } from 'node:path';
import { type Devnet, type DevnetNode, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { fileCheckpoints } from '@triflow/sdk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, headOf } from './askNode.js';
import { type EventReader, type Frame, openEventReader } from './eventReader.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { untilTrue } from './untilTrue.js';
import { type Acknowledged, startWriters } from './writers.js';

const ALIASES = ['carrier', 'court', 'insurer'];
const TYPE = 'location.registered';
/** Events that must arrive in each act. */
const EVENTS = 8;
const CHECKPOINT_BLOCKS = 50;

const pageSchema = z.object({
  data: z.array(z.object({ cursor: z.string(), type: z.string(), subject: z.string() })),
  page: z.object({ next: z.string(), more: z.boolean() }),
});

type PlacedEvent = z.infer<typeof pageSchema>['data'][number];

describe('events by cursor, over restarts of the node that tells them', () => {
  let net: Devnet;
  let node: DevnetNode;
  let url: string;
  const acknowledged: Acknowledged[] = [];

  beforeAll(async () => {
    net = await startDevnet({ nodes: 1, logLevel: 'info' });
    node = defined(net.nodes[0], 'one node');
    url = node.http;
  });

  afterAll(() => net?.stop());

  it('a stream resumed after a stop and after a kill -9 has no gap and no repeat', async () => {
    tellLogsWhenFailing(net);
    using writers = startWriters(net, ALIASES);
    const first = await openEventReader(url, `types=${TYPE}`);
    expect(first).toMatchObject({ status: 200, mediaType: 'text/event-stream' });
    await untilTrue('events arrive', () => messagesOf(first).length >= EVENTS);
    await node.stop();
    expect(await first.ended).toBe('ended');
    expect(first.frames.at(-1)).toEqual({ kind: 'bye', id: undefined, data: '{}' });

    await node.start();
    const second = await openEventReader(url, `types=${TYPE}`, lastId(messagesOf(first)));
    await untilTrue('events arrive again', () => messagesOf(second).length >= EVENTS);
    await node.kill();
    await second.ended;
    expect(second.frames.filter(({ kind }) => kind === 'bye')).toEqual([]);

    await node.start();
    const third = await openEventReader(url, `types=${TYPE}`, lastId(messagesOf(second)));
    await untilTrue('and again', () => messagesOf(third).length >= EVENTS);
    acknowledged.push(...(await writers.stop()));
    const stored = await allEvents(`types=${TYPE}`);
    const seen = (): Frame[] => [first, second, third].flatMap(messagesOf);
    await untilTrue('the last ones arrive', () => seen().length >= stored.length);
    third.close();

    expect(seen().map(({ id }) => id)).toEqual(stored.map(({ cursor }) => cursor));
    expect(seen().map(({ data }) => JSON.parse(data))).toEqual(stored);
    const subjects = stored.map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    for (const { gln } of acknowledged) expect(subjects).toContain(gln);
  });

  it('the SDK follows over a restart by itself, and a new follower goes on from the file', async () => {
    tellLogsWhenFailing(net);
    const start = defined((await allEvents(`types=${TYPE}`)).at(-1), 'an event').cursor;
    const path = join(net.dir, 'desk.json');
    const seen: string[] = [];
    const follow = async (until: () => boolean): Promise<void> => {
      const checkpoint = fileCheckpoints(path);
      const leave = new AbortController();
      const options = { types: [TYPE], after: start, checkpoint, signal: leave.signal };
      for await (const event of net.client('court').events.follow(options)) {
        seen.push(event.subject);
        await event.ack();
        if (until()) leave.abort();
      }
    };
    using writers = startWriters(net, ALIASES);
    let restarted = 0;
    const following = follow(() => restarted > 0 && seen.length >= restarted + EVENTS);
    await untilTrue('events arrive', () => seen.length >= EVENTS);
    await node.kill();
    await node.start();
    restarted = seen.length;
    await following;

    const written = await writers.stop();
    const stored = (await allEvents(`types=${TYPE}&after=${start}`)).map(({ subject }) => subject);
    expect(stored.length).toBeGreaterThan(2 * EVENTS);
    if (seen.length < stored.length) await follow(() => seen.length >= stored.length);
    expect(seen).toEqual(stored);
    for (const { gln } of written) expect(seen).toContain(gln);
    acknowledged.push(...written);
  });

  it('where nothing matches a checkpoint says how far it has looked, and is a cursor', async () => {
    using writers = startWriters(net, ALIASES);
    const from = (await headOf(url)) ?? 0;
    const reader = await openEventReader(url, 'types=party.suspended&after=latest');
    await untilTrue('a checkpoint', () => reader.frames.length > 0);
    reader.close();
    const [frame] = reader.frames;
    expect(frame?.kind).toBe('checkpoint');
    const told = JSON.parse(frame?.data ?? '');
    expect(told.cursor).toBe(frame?.id);
    expect(told.height).toBeGreaterThanOrEqual(from + CHECKPOINT_BLOCKS);
    const resumed = await openEventReader(url, `types=${TYPE}`, frame?.id);
    await untilTrue('events behind it', () => messagesOf(resumed).length > 0);
    resumed.close();
    await writers.stop();
    expect(heightOf(messagesOf(resumed)[0]?.id)).toBeGreaterThan(told.height);
  });

  it('pages of any size, from any cursor, tell the same', async () => {
    const whole = await allEvents('limit=500');
    // Writes that nobody waited for may still be coming in behind it.
    const sameStretch = async (query: string, from = 0): Promise<PlacedEvent[]> => {
      return (await allEvents(query)).slice(0, whole.length - from);
    };
    for (const limit of [1, 7]) expect(await sameStretch(`limit=${limit}`)).toEqual(whole);
    const middle = Math.floor(whole.length / 2);
    const after = defined(whole[middle], 'an event').cursor;
    const rest = await sameStretch(`limit=50&after=${after}`, middle + 1);
    expect(rest).toEqual(whole.slice(middle + 1));
    const gln = defined(acknowledged[0], 'a write').gln;
    const ours = await allEvents(`subject=${gln}`);
    expect(ours.map(({ type, subject }) => ({ type, subject }))).toEqual([
      { type: TYPE, subject: gln },
    ]);
    expect(await allEvents('after=latest')).toEqual([]);
  });

  async function allEvents(query: string): Promise<PlacedEvent[]> {
    const events: PlacedEvent[] = [];
    for (let after = ''; ; ) {
      const { status, body } = await askNode(`${url}/v1/events?${withCursor(query, after)}`);
      expect(status).toBe(200);
      const { data, page } = pageSchema
        .extend({ data: z.array(z.looseObject(pageSchema.shape.data.element.shape)) })
        .parse(body);
      events.push(...data);
      if (!page.more) return events;
      after = page.next;
    }
  }
});

function withCursor(query: string, after: string): string {
  const parameters = new URLSearchParams(query);
  if (after !== '') parameters.set('after', after);
  return parameters.toString();
}

function messagesOf({ frames }: EventReader): Frame[] {
  return frames.filter(({ kind }) => kind === 'message');
}

function lastId(frames: readonly Frame[]): string {
  return defined(frames.at(-1)?.id, 'an event with a cursor');
}

function heightOf(cursor = ''): number {
  return Number(cursor.split('.')[0]);
}
