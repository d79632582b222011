import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';
import { type CheckpointStore, memoryCheckpoints } from './checkpoints.js';
import { fileCheckpoints } from './fileCheckpoints.js';
import type { FollowedEvent, FollowOptions } from './followEvents.js';

let world: World;
let folder: string;

/** Blocks 2 to 7 hold two events each, on the receipts wr_2 to wr_7. */
beforeEach(async () => {
  world = createWorld();
  folder = await mkdtemp(join(tmpdir(), 'triflow-sdk-'));
  for (let height = 2; height <= 7; height += 1) {
    const subject = `wr_${height}`;
    const base = { contract: 'warehouse-receipt', subject, data: { height } };
    world.chain.commit({
      events: [
        { ...base, type: 'receipt.issued' },
        { ...base, type: 'receipt.pledged' },
      ],
    });
  }
});

afterEach(() => rm(folder, { recursive: true }));

/** Follows until so many events came; gives their cursors. */
async function take(
  count: number,
  options: FollowOptions = {},
  use: (event: FollowedEvent) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const cursors: string[] = [];
  const work = async (): Promise<string[]> => {
    for await (const event of world.client.events.follow(options)) {
      cursors.push(event.cursor);
      await use(event);
      if (cursors.length === count) break;
    }
    return cursors;
  };
  return world.clock.run(work());
}

describe('following', () => {
  it('gives events in order from the first one kept', async () => {
    const cursors = await take(12);
    expect(cursors.slice(0, 3)).toEqual(['2.0.0', '2.0.1', '3.0.0']);
    expect(cursors.at(-1)).toBe('7.0.1');
    expect(world.clock.timers()).toBe(0);
  });

  it('starts after a cursor, and asks the node for its filters', async () => {
    expect(await take(2, { after: '4.0.0' })).toEqual(['4.0.1', '5.0.0']);
    expect(await take(1, { types: ['receipt.pledged'] })).toEqual(['2.0.1']);
    expect(await take(1, { subject: 'wr_5' })).toEqual(['5.0.0']);
  });

  it('goes on where a broken connection ended, and gives nothing twice', async () => {
    world.nodes[0].streamEvents = 5;
    const cursors = await take(12);
    expect(new Set(cursors).size).toBe(12);
    expect(cursors.at(-1)).toBe('7.0.1');
    const streams = world.nodes[0].seen.filter(({ path }) => path === '/v1/events');
    expect(streams.map(({ query }) => query.get('after'))).toEqual([null, '4.0.0', '6.0.1']);
  });

  it('goes to another node when one is gone', async () => {
    world.nodes[0].streamEvents = 3;
    let streams = 0;
    world.nodes[0].instead = ({ path }) => {
      if (path !== '/v1/events') return undefined;
      streams += 1;
      return streams > 1 ? 'down' : undefined;
    };
    expect(await take(12)).toHaveLength(12);
    expect(world.nodes[1].seen.at(-1)?.query.get('after')).toBe('3.0.0');
  });

  it('takes a silent line for a dead one', async () => {
    const cursors = take(13);
    const later = { contract: 'lien', type: 'lien.released', subject: 'ln_1', data: {} };
    let streams = 0;
    world.nodes[0].instead = ({ path }) => {
      if (path !== '/v1/events') return undefined;
      streams += 1;
      if (streams === 2) world.chain.commit({ events: [later] });
      return undefined;
    };
    expect((await cursors).at(-1)).toBe('8.0.0');
  });

  it('from the latest event on loses none while it connects', async () => {
    world.nodes[0].streamEvents = 0;
    const later = { contract: 'lien', type: 'lien.released', subject: 'ln_1', data: {} };
    world.nodes[0].instead = ({ path, query }) => {
      if (path === '/v1/events' && query.get('limit') === null && world.chain.blocks.length === 7) {
        world.chain.commit({ events: [later] });
        return 'down';
      }
      if (world.chain.blocks.length > 7) world.nodes[0].streamEvents = 100;
      return undefined;
    };
    expect(await take(1, { after: 'latest' })).toEqual(['8.0.0']);
  });

  it('ends when the caller says so, without an error', async () => {
    const controller = new AbortController();
    const seen = await take(99, { signal: controller.signal }, (event) => {
      if (event.cursor === '3.0.0') controller.abort();
      return Promise.resolve();
    });
    expect(seen.length).toBeLessThan(13);
    expect(world.clock.timers()).toBe(0);
  });

  it('throws what trying again cannot mend', async () => {
    world.nodes[0].instead = ({ path }) => {
      return path === '/v1/events' ? problem('CURSOR_PRUNED') : undefined;
    };
    await expect(take(1, { after: '1.0.0' })).rejects.toMatchObject({ code: 'CURSOR_PRUNED' });
    await expect(take(1, { after: 'yesterday' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('obeys bye, problems and frames of the stream, and refuses what it cannot read', async () => {
    const frames = (text: string): Response => new Response(text);
    let streams = 0;
    const given = (text: string): void => {
      streams = 0;
      world.nodes[0].instead = ({ path }) => {
        if (path !== '/v1/events') return undefined;
        streams += 1;
        return streams === 1 ? frames(text) : undefined;
      };
    };
    given('event: bye\ndata: {}\n\n');
    expect(await take(1)).toEqual(['2.0.0']);
    given(
      'event: checkpoint\nid: 5.4294967295.0\ndata: {"cursor":"5.4294967295.0","height":5}\n\n',
    );
    expect(await take(1)).toEqual(['6.0.0']);
    given('event: problem\ndata: {"code":"CURSOR_PRUNED","retry":"never"}\n\n');
    await expect(take(1)).rejects.toMatchObject({ code: 'CURSOR_PRUNED' });
    given('data: {"cursor":1}\n\n');
    await expect(take(1)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retry: 'never' });
  });
});

describe('checkpoints', () => {
  const stores: Record<string, () => CheckpointStore> = {
    memory: () => memoryCheckpoints(),
    'a file': () => fileCheckpoints(join(folder, 'desk.json')),
  };

  for (const [name, open] of Object.entries(stores)) {
    it(`in ${name} resume after the last acknowledged event`, async () => {
      const checkpoint = open();
      await take(4, { checkpoint }, (event) => {
        return event.cursor === '2.0.1' ? event.ack() : Promise.resolve();
      });
      expect(await checkpoint.load()).toBe('2.0.1');
      expect(await take(1, { checkpoint, after: '6.0.0' })).toEqual(['3.0.0']);
    });
  }

  it('never go back when an older event is acknowledged late', async () => {
    const checkpoint = memoryCheckpoints();
    const open: FollowedEvent[] = [];
    await take(3, { checkpoint }, (event) => {
      open.push(event);
      return Promise.resolve();
    });
    await open[2]?.ack();
    await open[0]?.ack();
    expect(await checkpoint.load()).toBe('3.0.0');
  });

  it('move over silence only when nothing is open', async () => {
    const silent = 'event: checkpoint\ndata: {"cursor":"9.4294967295.0","height":9}\n\n';
    const event = {
      ...place(8),
      contract: 'lien',
      type: 'lien.released',
      subject: 'ln_1',
      data: {},
    };
    const one = `data: ${JSON.stringify(event)}\n\n`;
    const store = memoryCheckpoints('7.0.1');
    const controller = new AbortController();
    const options = { checkpoint: store, signal: controller.signal };
    let streams = 0;
    world.nodes[0].instead = ({ path }) => {
      if (path !== '/v1/events') return undefined;
      streams += 1;
      if (streams === 2) controller.abort();
      return streams === 1 ? new Response(one + silent) : 'down';
    };
    await take(2, options);
    expect(await store.load()).toBe('7.0.1');
  });

  it('in a damaged file are refused rather than guessed', async () => {
    const path = join(folder, 'damaged.json');
    for (const text of ['', '{}', '{"format":"triflow/checkpoint/1","cursor":"x"}']) {
      await writeFile(path, text);
      await expect(fileCheckpoints(path).load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
    await fileCheckpoints(path).save('3.0.0');
    expect(await readFile(path, 'utf8')).toBe(
      '{"format":"triflow/checkpoint/1","cursor":"3.0.0"}\n',
    );
  });
});

function place(height: number): Record<string, unknown> {
  return {
    cursor: `${height}.0.0`,
    height,
    time: '2026-01-01T00:00:00.000Z',
    txId: `tx_${'0'.repeat(64)}`,
  };
}
