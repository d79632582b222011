import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError } from '../errors/triflowError.js';
import { fakeLien } from '../testing/fakeLien.js';
import { createWorld, type World } from '../testing/world.js';

const bank = 'dev:bank-yangtze';
const ids = Array.from({ length: 150 }, (_, index) => `ln_${String(index).padStart(3, '0')}`);

let world: World;

beforeEach(() => {
  world = createWorld();
  const puts = Object.fromEntries(ids.map((id) => [`lien/lien/${id}`, fakeLien(id, bank)]));
  world.chain.commit({ puts });
  for (const node of world.nodes) node.rows = () => ids;
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await world.clock.run(work);
  } catch (error) {
    if (isTriflowError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

async function listed(options: Parameters<World['client']['liens']['list']>[0]): Promise<string[]> {
  const found: string[] = [];
  for await (const item of world.client.liens.list(options)) {
    expect(item.verified?.kind).toBe('inclusion');
    expect(item.data.securedMax.minor).toBe(100n);
    found.push(item.id);
  }
  return found;
}

describe('a list', () => {
  it('goes through all pages at one height and proves each record', async () => {
    const work = listed({ pageSize: 100, where: { holder: bank } });
    expect(await world.clock.run(work)).toEqual(ids);
    const pages = world.nodes[0].seen.filter(({ path }) => path === '/v1/liens');
    expect(pages.map(({ query }) => query.toString())).toEqual([
      `holder=${encodeURIComponent(bank)}&limit=100`,
      `cursor=100&holder=${encodeURIComponent(bank)}&limit=100`,
    ]);
  });

  it('is refused when a node slips in what is not there, or does not fit the filter', async () => {
    world.nodes[0].rows = () => ['ln_000', 'ln_zzz'];
    expect(await codeOf(listed({}))).toBe('VERIFICATION_FAILED');
    world.nodes[0].rows = () => ids;
    expect(await codeOf(listed({ where: { holder: 'dev:other' } }))).toBe('VERIFICATION_FAILED');
  });
});

describe('waiting for an object', () => {
  const key = 'lien/lien/ln_000';
  const event = { contract: 'lien', type: 'lien.effective', subject: 'ln_000', data: {} };

  it('returns at once when it already stands so', async () => {
    const found = await world.clock.run(world.client.liens.waitFor('ln_000', 'PROPOSED'));
    expect(found.data?.id).toBe('ln_000');
    expect(world.nodes[0].seen.some(({ path }) => path === '/v1/events')).toBe(false);
  });

  it('reads again when an event comes, until the state or the test fits', async () => {
    const { client, clock, chain, nodes } = world;
    nodes[0].instead = ({ path }) => {
      if (path === '/v1/events') {
        nodes[0].instead = () => undefined;
        chain.commit({
          events: [event],
          puts: { [key]: { ...fakeLien('ln_000', bank), version: 2 } },
        });
        const effective = { ...fakeLien('ln_000', bank), state: 'EFFECTIVE', version: 3 };
        chain.commit({ events: [event], puts: { [key]: effective } });
      }
      return undefined;
    };
    const found = await clock.run(client.liens.waitFor('ln_000', 'EFFECTIVE'));
    expect(found.verified?.height).toBe(4);
    const later = await clock.run(client.liens.waitFor('ln_000', (one) => one?.version === 3));
    expect(later.height).toBe(4);
  });

  it('ends when time is out, or when the caller gives up', async () => {
    const work = world.client.liens.waitFor('ln_000', 'RELEASED', { timeoutMs: 3_000 });
    expect(await codeOf(work)).toBe('WAIT_TIMEOUT');
    const controller = new AbortController();
    const { signal } = controller;
    const given = world.client.liens.waitFor('ln_000', () => controller.abort() ?? false, {
      signal,
    });
    expect(await codeOf(given)).toBe('ABORTED');
    expect(world.clock.timers()).toBe(0);
  });
});

describe('a pending command', () => {
  it('is read by its object and its own id', async () => {
    const pending: CborMap = {
      id: 'pl_0004',
      pendingId: 'draw-1',
      command: 'draw',
      params: new Uint8Array([0xa0]),
      opener: 'dev:supplier',
      signed: ['dev:supplier'],
      remaining: [bank],
      openedAt: 1,
      pendingUntil: 2,
    };
    world.chain.commit({ puts: { 'pledge-facility/pending/pl_0004/draw-1': pending } });
    const { client, clock } = world;
    const found = await clock.run(
      client.pledges.getPending({ id: 'pl_0004', pendingId: 'draw-1' }),
    );
    expect(found.data?.remaining).toEqual([bank]);
    const gone = await clock.run(client.pledges.getPending({ id: 'pl_0004', pendingId: 'draw-2' }));
    expect([gone.data, gone.verified?.kind]).toEqual([null, 'absence']);
  });
});
