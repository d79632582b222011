import { beforeEach, describe, expect, it } from 'vitest';
import { coreOfClient } from '../createClient.js';
import { memoryCheckpoints } from '../events/checkpoints.js';
import { followEvents } from '../events/followEvents.js';
import { BANK } from '../testing/fakeChain.js';
import { fakeLien } from '../testing/fakeLien.js';
import { problem } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';
import { concernsParty, namesParty } from './ownParty.js';

const base = { contract: 'party-registry', type: 'party.noted' };
const supplier = 'dev:supplier';

let world: World;

beforeEach(() => {
  world = createWorld();
  world.chain.commit({
    events: [
      { ...base, subject: supplier, data: { other: supplier } },
      { ...base, subject: supplier, data: { deep: { list: ['x', BANK] } } },
      { ...base, subject: BANK, data: {} },
      { ...base, subject: 'no id of anything', data: {} },
      { ...base, subject: 'wr_0009', data: {} },
    ],
  });
  world.chain.commit({ events: [{ ...base, subject: BANK, data: { last: true } }] });
});

describe('mine', () => {
  it('follows the events that name the party, its records’, and no others', async () => {
    const cursors: string[] = [];
    const checkpoint = memoryCheckpoints();
    const follow = async (): Promise<void> => {
      for await (const event of world.client.events.follow({ mine: true, checkpoint })) {
        cursors.push(event.cursor);
        await event.ack();
        if (event.data.last === true) return;
      }
    };
    await world.clock.run(follow());
    expect(cursors).toEqual(['2.0.1', '2.0.2', '3.0.0']);
    expect(await checkpoint.load()).toBe('3.0.0');
  });

  it('lists the objects whose record names the party', async () => {
    const [own, other] = ['ln_a', 'ln_b'];
    world.chain.commit({
      puts: { 'lien/lien/ln_a': fakeLien(own, BANK), 'lien/lien/ln_b': fakeLien(other, supplier) },
    });
    for (const node of world.nodes) node.rows = () => [own, other];
    const ids = async (mine: boolean): Promise<string[]> => {
      const found: string[] = [];
      for await (const { id } of world.client.liens.list({ mine })) found.push(id);
      return found;
    };
    expect(await world.clock.run(ids(false))).toEqual([own, other]);
    expect(await world.clock.run(ids(true))).toEqual([own]);
  });

  it('needs an account', async () => {
    const core = { ...coreOfClient(world.client), account: undefined };
    await expect(followEvents(core, { mine: true }).next()).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('takes what it may not read for another’s', async () => {
    const event = { ...base, subject: 'wr_0009', data: {}, height: 2 };
    for (const node of world.nodes) {
      node.instead = ({ path }) => (path === '/v1/state' ? problem('AUTH_NOT_VISIBLE') : undefined);
    }
    const core = coreOfClient(world.client);
    const asked = concernsParty(core, BANK, event as never, undefined);
    expect(await world.clock.run(asked)).toBe(false);
  });

  it('finds a party at any depth, and not in bytes or parts of words', () => {
    expect(namesParty([{ a: { b: [BANK] } }], BANK)).toBe(true);
    expect(namesParty({ a: `${BANK}x`, b: new Uint8Array([1]), c: null, d: 1n }, BANK)).toBe(false);
  });
});
