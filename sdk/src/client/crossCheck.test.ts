import { beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../createClient.js';
import { isTriflowError } from '../errors/triflowError.js';
import { BANK } from '../testing/fakeChain.js';
import { fakeLien } from '../testing/fakeLien.js';
import { createFakeNode, type FakeNode, fakeFetch } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';
import { http } from '../transports/http.js';
import { crossCheck } from './crossCheck.js';

const NAMES = ['a', 'b', 'c'] as const;
const liens = ['ln_a', 'ln_b'];

let world: World;
let nodes: Record<(typeof NAMES)[number], FakeNode>;
let clients: Record<string, Client>;

beforeEach(() => {
  world = createWorld();
  const puts = liens.map((id) => [`lien/lien/${id}`, fakeLien(id, BANK)] as const);
  world.chain.commit({ puts: Object.fromEntries(puts) });
  world.chain.commit();
  const { chain } = world;
  nodes = { a: createFakeNode(chain), b: createFakeNode(chain), c: createFakeNode(chain) };
  const origins = NAMES.map((name) => [`http://${name}.test`, nodes[name]] as const);
  const fetch = fakeFetch(Object.fromEntries(origins));
  for (const node of Object.values(nodes)) node.rows = () => liens;
  clients = Object.fromEntries(
    NAMES.map((name) => [
      name,
      world.connect({ transport: http(`http://${name}.test`, { fetch }) }),
    ]),
  );
});

async function listed(client: Client, at: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of client.liens.list({ at })) found.push(id);
  return found;
}

async function failure(work: Promise<unknown>) {
  const error = await world.clock.run(work).catch((caught: unknown) => caught);
  if (!isTriflowError(error)) throw new RangeError(String(error));
  return { code: error.code, details: error.details };
}

describe('a cross-check', () => {
  it('gives what all nodes say, at the lowest of their verified heads', async () => {
    nodes.c.height = () => 2;
    const checked = await world.clock.run(crossCheck(clients, listed));
    expect(checked).toEqual({ data: liens, height: 2, agreed: [...NAMES], silent: [] });
  });

  it('finds the node whose list leaves one out: no proof would have', async () => {
    nodes.b.rows = () => liens.slice(0, 1);
    expect(await world.clock.run(listed(clients.b as Client, 3))).toEqual(liens.slice(0, 1));
    expect(await failure(crossCheck(clients, listed))).toMatchObject({
      code: 'VERIFICATION_FAILED',
      details: { height: 3, agree: ['a', 'c'], differ: ['b'] },
    });
  });

  it('goes on without a node that is down, but not with too few', async () => {
    nodes.a.instead = () => 'down';
    const checked = await world.clock.run(crossCheck(clients, listed));
    expect(checked).toMatchObject({ data: liens, agreed: ['b', 'c'], silent: ['a'] });
    expect((await failure(crossCheck(clients, listed, { least: 3 }))).code).toBe(
      'QUORUM_UNAVAILABLE',
    );
    expect((await failure(crossCheck(clients, listed, { least: 4 }))).code).toBe('REQUEST_INVALID');
  });

  it('does not take a lie about the head for silence', async () => {
    nodes.c.tamper = (path, body) => {
      return path.includes('headers') || path === '/v1/state' || path.includes('blocks')
        ? JSON.parse(JSON.stringify(body).replace(/"certificate":"../, '"certificate":"AA'))
        : body;
    };
    expect((await failure(crossCheck(clients, listed))).code).toBe('VERIFICATION_FAILED');
  });

  it.each([
    [
      { n: 1n, bytes: new Uint8Array([1]) },
      { n: 1n, bytes: new Uint8Array([1]), left: undefined },
    ],
    [
      [1, { a: 'x' }],
      [1, { a: 'x' }],
    ],
  ])('%o and %o are the same', async (one, other) => {
    const said = new Map<Client | undefined, unknown>([[clients.b, other]]);
    const read = async (client: Client) => said.get(client) ?? one;
    expect((await world.clock.run(crossCheck(clients, read))).agreed).toHaveLength(3);
  });

  it.each([
    [{ n: 1n }, { n: 2n }],
    [{ n: 1n }, { n: 1 }],
    [[], {}],
    [new Uint8Array([1]), new Uint8Array([2])],
    [{ a: 1 }, { a: 1, b: 2 }],
  ])('%o and %o are not', async (one, other) => {
    const said = new Map<Client | undefined, unknown>([[clients.b, other]]);
    const read = async (client: Client) => said.get(client) ?? one;
    expect((await failure(crossCheck(clients, read))).code).toBe('VERIFICATION_FAILED');
  });
});
