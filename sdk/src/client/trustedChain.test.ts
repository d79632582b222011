import { base64UrlFromBytes } from '@triflow/api/routes';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError } from '../errors/triflowError.js';
import { FakeChain, fakeSet } from '../testing/fakeChain.js';
import { createWorld, type World } from '../testing/world.js';
import { verifyEvidence } from '../verify/verifyEvidence.js';

const chain = new FakeChain();
let world: World;

/** Sets change at heights 12 (v1-v4 to v2-v6), 24 (to v3-v9) and 36 (back to v1-v4). */
beforeAll(() => {
  chain.commitTo(9);
  chain.commit({ nextSet: fakeSet(2, 5) });
  chain.commitTo(21);
  chain.commit({ nextSet: fakeSet(3, 7) });
  chain.commitTo(33);
  chain.commit({ nextSet: fakeSet(1, 4) });
  chain.commitTo(50);
});

beforeEach(() => {
  world = createWorld(chain);
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

function asked(path: string): number {
  return world.nodes[0].seen.filter((request) => request.path === path).length;
}

describe('validator changes', () => {
  it('are followed from genesis by the headers that commit to them', async () => {
    world.nodes[0].height = () => 30;
    const head = await world.clock.run(world.client.head());
    expect(head.verified).toMatchObject({ height: 30, signers: 5, of: 7 });
    expect(asked('/v1/validators')).toBe(2);
    expect(asked('/v1/headers')).toBeLessThan(20);
    const before = asked('/v1/headers');
    await world.clock.run(world.client.head());
    expect(asked('/v1/headers')).toBe(before);
  });

  it('are followed once, however many reads need it at the same time', async () => {
    world.nodes[0].height = () => 30;
    const { client, clock } = world;
    const heads = await clock.run(Promise.all([client.head(), client.head(), client.head()]));
    expect(heads.map(({ height }) => height)).toEqual([30, 30, 30]);
    expect(asked('/v1/validators')).toBe(2);
  });

  it('leave old heights to the sets that signed them', async () => {
    world.nodes[0].height = () => 30;
    const { client, clock } = world;
    await clock.run(client.head());
    const old = await clock.run(client.parties.get('dev:nobody', { at: 15 }));
    expect(old.verified).toMatchObject({ height: 15, signers: 4, of: 5 });
    const older = await clock.run(client.parties.get('dev:nobody', { at: 11 }));
    expect(older.verified).toMatchObject({ height: 11, signers: 3, of: 4 });
  });

  it('can be skipped by pinning a newer set', async () => {
    const { chainId } = world.chain.genesis;
    const { genesisHash } = world.chain;
    const pin = { chainId, genesisHash, stateTreeDepth: 6, height: 26, validators: fakeSet(3, 7) };
    world.nodes[0].height = () => 30;
    const client = world.connect({ trust: pin });
    const head = await world.clock.run(client.head());
    expect(head.verified?.of).toBe(7);
    expect(asked('/v1/headers')).toBe(0);
  });

  it('stand in an evidence file, which a reader of genesis can follow offline', async () => {
    world.nodes[0].height = () => 30;
    const { client, clock } = world;
    const made = await clock.run(client.evidence.create('wr_0007'));
    const file = JSON.parse(new TextDecoder().decode(made.bytes));
    expect(file.validatorSteps).toHaveLength(2);
    const report = verifyEvidence(made.bytes, { genesis: chain.genesis });
    expect(report).toMatchObject({ height: 30, signers: 5, of: 7 });
  });

  it('are not believed when the set told is not the one committed to', async () => {
    world.nodes[0].height = () => 20;
    const { nodes } = world;
    nodes[0].tamper = (path, body) => {
      if (path !== '/v1/validators') return body;
      const validators = fakeSet(30, 5).map((seat, index) => {
        return { ...seat, index, publicKey: base64UrlFromBytes(seat.publicKey) };
      });
      return { ...body, validators };
    };
    expect(await codeOf(world.client.head())).toBe('TRUST_EXPIRED');
  });

  it('are not believed when the header that announces them is not signed', async () => {
    world.nodes[0].height = () => 20;
    const { nodes } = world;
    nodes[0].tamper = (path, body) => {
      if (path !== '/v1/headers') return body;
      const data = (body.data as { height: number }[]).map((one) => {
        const { header, set } = chain.at(one.height);
        return { ...one, certificate: base64UrlFromBytes(chain.sign(header, set, 1)) };
      });
      return { ...body, data };
    };
    expect(await codeOf(world.client.head())).toBe('TRUST_EXPIRED');
  });

  it('cannot be followed when the node has no headers', async () => {
    world.nodes[0].height = () => 20;
    world.nodes[0].tamper = (path, body) => (path === '/v1/headers' ? { data: [] } : body);
    expect(await codeOf(world.client.head())).toBe('TRUST_EXPIRED');
  });
});

describe('trust', () => {
  it('that cannot be an anchor is refused when the client is made', () => {
    const wrong = [
      { genesis: {} },
      { genesis: { ...world.chain.genesis, devnet: false } },
      { genesisHash: 'xyz' },
      { chainId: 'a', genesisHash: 'b', stateTreeDepth: 6, height: 1, validators: [] },
    ];
    for (const trust of wrong) {
      expect(() => world.connect({ trust })).toThrowError(
        expect.objectContaining({ code: 'GENESIS_INVALID' }),
      );
    }
    expect(() => world.connect({ chainId: 'elsewhere' })).toThrowError(
      expect.objectContaining({ code: 'CHAIN_MISMATCH' }),
    );
  });
});
