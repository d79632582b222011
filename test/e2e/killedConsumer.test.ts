import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { fileCheckpoints } from '@triflow/sdk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Random } from '../simulation/random.js';
import { askNode } from './askNode.js';
import { consumerProgram } from './bundledNode.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { untilTrue } from './untilTrue.js';
import { startWriters } from './writers.js';

const KILLS = 100;
const SEED = 20_261_121;
const TYPE = 'location.registered';
const ALIASES = ['carrier', 'court', 'insurer'];
/** A run is killed after so many words of its at most; each event is three of them. */
const WORDS_MAX = 30;
/** Of a hundred runs so many are killed before they have said anything. */
const AT_ONCE_PERCENT = 8;
const LIMIT_MS = 600_000;

const pageSchema = z.object({
  data: z.array(z.object({ cursor: z.string() })),
  page: z.object({ next: z.string(), more: z.boolean() }),
});

/** What one life of the consumer dealt with, and from where it began. */
interface Life {
  readonly checkpoint: string | undefined;
  readonly dealt: readonly string[];
}

/** What is wrong with the lives of a consumer; undefined when nothing is. */
function faultOf(stored: readonly string[], lives: readonly Life[]): string | undefined {
  const seen = new Set<string>();
  for (const [index, { checkpoint, dealt }] of lives.entries()) {
    const first = checkpoint === undefined ? 0 : stored.indexOf(checkpoint) + 1;
    if (checkpoint !== undefined && first === 0) return `life ${index}: ${checkpoint} is unknown`;
    const expected = stored.slice(first, first + dealt.length);
    const odd = dealt.findIndex((cursor, place) => cursor !== expected[place]);
    if (odd >= 0) return `life ${index}: ${dealt[odd]} instead of ${expected[odd]}`;
    for (const cursor of dealt) seen.add(cursor);
    const acknowledged = stored.slice(0, first);
    const missed = acknowledged.find((cursor) => !seen.has(cursor));
    if (missed !== undefined) return `life ${index}: ${missed} was passed over`;
  }
  const missed = stored.find((cursor) => !seen.has(cursor));
  return missed === undefined ? undefined : `${missed} was never dealt with`;
}

describe('the check of the lives of a consumer (canary)', () => {
  const stored = ['a', 'b', 'c', 'd'];
  const wrong: readonly (readonly [string, readonly Life[]])[] = [
    ['one event missed', [{ checkpoint: undefined, dealt: ['a', 'c', 'd'] }]],
    ['the last one missed', [{ checkpoint: undefined, dealt: ['a', 'b', 'c'] }]],
    ['one repeated', [{ checkpoint: undefined, dealt: ['a', 'a', 'b', 'c', 'd'] }]],
    [
      'one repeated that the checkpoint holds',
      [
        { checkpoint: undefined, dealt: ['a', 'b'] },
        { checkpoint: 'b', dealt: ['b', 'c', 'd'] },
      ],
    ],
    [
      'a checkpoint ahead of what was dealt with',
      [
        { checkpoint: undefined, dealt: ['a'] },
        { checkpoint: 'b', dealt: ['c', 'd'] },
      ],
    ],
  ];

  it.each(wrong)('refuses %s', (_, lives) => {
    expect(faultOf(stored, lives)).toBeDefined();
  });

  it('accepts what was dealt with but not acknowledged coming again', () => {
    const lives = [
      { checkpoint: undefined, dealt: ['a', 'b'] },
      { checkpoint: 'a', dealt: [] },
      { checkpoint: 'a', dealt: ['b', 'c', 'd'] },
    ];
    expect(faultOf(stored, lives)).toBeUndefined();
  });
});

describe(`an event consumer killed ${KILLS} times at random, under load (seed ${SEED})`, () => {
  let net: Devnet;
  let url: string;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 1 });
    url = defined(net.urls[0], 'a node');
  });

  afterAll(() => net?.stop());

  it('misses nothing and repeats nothing beyond its checkpoint', {
    timeout: LIMIT_MS,
  }, async () => {
    tellLogsWhenFailing(net);
    const checkpointFile = join(net.dir, 'desk.json');
    const dealtFile = join(net.dir, 'dealt.txt');
    const { page } = pageSchema.parse((await askNode(`${url}/v1/events?after=latest`)).body);
    const start = page.next;
    const args = [net.devnetFile, TYPE, start, checkpointFile, dealtFile];
    const random = new Random(SEED);
    const lives: Life[] = [];
    let before = 0;
    const live = async (until: (child: ChildProcess) => Promise<void>): Promise<void> => {
      const checkpoint = await fileCheckpoints(checkpointFile).load();
      const child = spawn(process.execPath, [consumerProgram, ...args], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const exited = once(child, 'exit');
      await Promise.race([until(child), exited]);
      child.kill('SIGKILL');
      expect(await exited, said).toEqual([null, 'SIGKILL']);
      const dealt = await linesOf(dealtFile);
      lives.push({ checkpoint, dealt: dealt.slice(before) });
      before = dealt.length;
    };

    using writers = startWriters(net, ALIASES);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const atOnce = random.chance(AT_ONCE_PERCENT);
      const words = atOnce ? 0 : random.between(1, WORDS_MAX);
      await live((child) => hears(child, words));
    }
    await writers.stop();
    const stored = await cursorsOf(url, start);
    await live(() => {
      const last = stored.at(-1);
      return untilTrue('the last one is acknowledged', async () => {
        return (await fileCheckpoints(checkpointFile).load()) === last;
      });
    });

    expect(faultOf(stored, lives)).toBeUndefined();
    expect(lives).toHaveLength(KILLS + 1);
    const again = before - stored.length;
    const working = lives.filter(({ dealt }) => dealt.length > 0).length;
    process.stdout.write(`${stored.length} events, ${working} lives worked, ${again} came again\n`);
    expect(working).toBeGreaterThan(KILLS / 2);
    expect(stored.length).toBeGreaterThan(KILLS);
    // Dealt with one at a time, so at most the one that was being dealt with.
    expect(again).toBeLessThanOrEqual(KILLS);
    // Nothing of a broken write is left beside the checkpoint.
    const left = (await readdir(net.dir)).filter((name) => name.startsWith('desk.json'));
    expect(left).toEqual(['desk.json']);
  });
});

/** Settles when the child has said so many words. */
function hears(child: ChildProcess, words: number): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    const more = (): void => {
      if (heard >= words) resolve();
    };
    child.on('message', () => {
      heard += 1;
      more();
    });
    more();
  });
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1);
}

async function cursorsOf(url: string, start: string): Promise<string[]> {
  const cursors: string[] = [];
  for (let after = start; ; ) {
    const { body } = await askNode(`${url}/v1/events?types=${TYPE}&limit=500&after=${after}`);
    const { data, page } = pageSchema.parse(body);
    cursors.push(...data.map(({ cursor }) => cursor));
    if (!page.more) return cursors;
    after = page.next;
  }
}
