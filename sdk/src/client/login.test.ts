import { demoSeed } from '@triflow/crypto';
import { textFromTime, utf8FromText } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountFromSeed, accountFromSigner } from '../accounts/account.js';
import { isTriflowError } from '../errors/triflowError.js';
import { BANK } from '../testing/fakeChain.js';
import { type FakeNode, type NodeRequestSeen, problem } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';

const seed = demoSeed('bank-yangtze');
const account = accountFromSeed({ party: BANK, keyId: 'k1', seed });
const HOUR_MS = 3_600_000;

let world: World;
let logins: number;

beforeEach(() => {
  world = createWorld();
  logins = 0;
  for (const node of world.nodes) answerLogins(node);
});

/** A node that takes any signature; each login gets a token of its own. */
function answerLogins(node: FakeNode, changes: { chainId?: string } = {}): void {
  const { genesis } = world.chain;
  const expiresAt = (ms: number) => textFromTime(world.clock.nowMs() + ms);
  node.instead = ({ method, path }: NodeRequestSeen) => {
    if (method !== 'POST') return undefined;
    if (path === '/v1/sessions/challenge') {
      const chainId = changes.chainId ?? genesis.chainId;
      return Response.json({ chainId, nodeId: 'n1', nonce: 'AAAA', expiresAt: expiresAt(60_000) });
    }
    if (path !== '/v1/sessions') return undefined;
    logins += 1;
    const token = `ts_${logins}`;
    return Response.json({ token, party: BANK, expiresAt: expiresAt(HOUR_MS) }, { status: 201 });
  };
}

function authorizations(): (string | null)[] {
  return world.nodes.flatMap(({ seen }) => {
    return seen
      .filter(({ path }) => path === '/v1/state')
      .map(({ authorization }) => authorization);
  });
}

describe('the login of a client', () => {
  it('happens by itself at the first read that depends on the reader, once a node', async () => {
    const client = world.connect({ account, login: 'auto' });
    await world.clock.run(client.parties.get('dev:supplier'));
    await world.clock.run(client.parties.get('dev:supplier'));
    expect(logins).toBe(1);
    expect(authorizations()).toEqual(['Bearer ts_1', 'Bearer ts_1']);
    const sent = world.nodes[0].seen.find(({ path }) => path === '/v1/sessions');
    const body = JSON.parse(new TextDecoder().decode(sent?.body ?? utf8FromText('{}')));
    expect(body).toMatchObject({ party: BANK, keyId: 'k1', nonce: 'AAAA' });
  });

  it('is renewed before its hour is over', async () => {
    const client = world.connect({ account, login: 'auto' });
    await world.clock.run(client.parties.get('dev:supplier'));
    world.clock.advance(HOUR_MS - 60_000);
    await world.clock.run(client.parties.get('dev:supplier'));
    expect(authorizations()).toEqual(['Bearer ts_1', 'Bearer ts_2']);
  });

  it('is made anew, once, when the node has forgotten the token', async () => {
    const client = world.connect({ account, login: 'auto' });
    await world.clock.run(client.parties.get('dev:supplier'));
    const { instead } = world.nodes[0];
    world.nodes[0].instead = (request) => {
      if (request.authorization === 'Bearer ts_1') return problem('AUTH_TOKEN_INVALID');
      return instead(request);
    };
    await world.clock.run(client.parties.get('dev:supplier'));
    expect(authorizations().at(-1)).toBe('Bearer ts_2');
  });

  it('is left out where the node has none, refuses the key, or none is wanted', async () => {
    for (const code of ['ROUTE_NOT_FOUND', 'AUTH_LOGIN_FAILED']) {
      world.nodes[0].instead = ({ path }) => {
        return path.startsWith('/v1/sessions') ? problem(code) : undefined;
      };
      const client = world.connect({ account, login: 'auto' });
      await world.clock.run(client.parties.get('dev:supplier'));
    }
    const sign = async () => new Uint8Array(64);
    const silent = accountFromSigner({ party: BANK, keyId: 'k1', sign });
    await world.clock.run(
      world.connect({ account: silent, login: 'auto' }).parties.get('dev:supplier'),
    );
    expect(authorizations()).toEqual([null, null, null]);
  });

  it('never signs the challenge of another chain', async () => {
    answerLogins(world.nodes[0], { chainId: 'another' });
    const client = world.connect({ account, login: 'auto' });
    const read = world.clock.run(client.parties.get('dev:supplier'));
    await expect(read).rejects.toSatisfy((error) => isTriflowError(error, 'CHAIN_MISMATCH'));
    expect(logins).toBe(0);
  });
});
