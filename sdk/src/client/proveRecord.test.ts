import { base64UrlFromBytes } from '@triflow/api/routes';
import { beforeEach, describe, expect, it } from 'vitest';
import { command } from '../actions/action.js';
import { isTriflowError } from '../errors/triflowError.js';
import { BANK } from '../testing/fakeChain.js';
import { createWorld, type World } from '../testing/world.js';

const supplier = {
  id: 'dev:supplier',
  name: '供应商',
  roles: ['SUPPLIER'],
  sizeClass: 'small',
  state: 'ACTIVE',
  keyIds: ['k1'],
  licences: [],
  registeredAt: 1_700_000_000_000,
  version: 1,
};

let world: World;

beforeEach(() => {
  world = createWorld();
  world.chain.commit({ puts: { 'party-registry/party/dev:supplier': supplier } });
});

describe('any record, proved', () => {
  it('comes in the JSON of the API, with those who signed', async () => {
    const proved = await world.clock.run(world.client.record('dev:supplier'));
    expect(proved).toMatchObject({ kind: 'inclusion', height: 2, of: 4 });
    expect(proved.signedBy).toHaveLength(3);
    expect(proved.json).toEqual({ ...supplier, registeredAt: '2023-11-14T22:13:20.000Z' });
    expect(proved.blockId).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('is verified even by a client that takes a node’s word', async () => {
    const client = world.connect({ verify: 'never' });
    const proved = await world.clock.run(client.record('dev:supplier'));
    expect(proved.signedBy).toHaveLength(3);
  });

  it('says that there is none, and refuses what is no name', async () => {
    const none = await world.clock.run(world.client.record('dev:nobody'));
    expect(none).toMatchObject({ kind: 'absence', json: undefined });
    await expect(world.client.record('nothing')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a block, proved', () => {
  it('comes with its header in the JSON of the API and those who signed', async () => {
    world.chain.commitTo(5);
    const block = await world.clock.run(world.client.block(4));
    const { header } = world.chain.at(4);
    expect(block).toMatchObject({ height: 4, timeMs: header.timeMs, round: 0, of: 4 });
    expect(block.header).toMatchObject({ height: 4, txCount: 0, stateRoot: expect.any(String) });
    expect(block.signedBy).toEqual(['v1', 'v2', 'v3']);
  });

  it('is refused when the node gives another height’s header, a changed one, or none', async () => {
    world.chain.commitTo(5);
    const [node] = world.nodes;
    const refusing = async (change: (entry: Record<string, unknown>) => unknown) => {
      node.tamper = (path, body) => {
        if (path !== '/v1/headers' || !Array.isArray(body.data)) return body;
        return { data: body.data.map(change) };
      };
      return codeOf(world.client.block(4));
    };
    const { headerBytes, certificate } = world.chain.at(3);
    const third = {
      header: base64UrlFromBytes(headerBytes),
      certificate: base64UrlFromBytes(certificate),
    };
    expect(await refusing((entry) => ({ ...entry, ...third }))).toBe('VERIFICATION_FAILED');
    expect(await refusing((entry) => ({ ...entry, header: third.header }))).toBe(
      'VERIFICATION_FAILED',
    );
    expect(await refusing((entry) => ({ ...entry, certificate: '*' }))).toMatch(/_FAILED|INVALID/);
    node.tamper = (_path, body) => body;
    expect(await codeOf(world.client.block(9))).toBe('BLOCK_NOT_FOUND');
  });
});

describe('a transaction, proved', () => {
  it('comes with sender, commands and what became of it', async () => {
    const { client, clock, chain } = world;
    chain.execute = () => ({
      events: [
        {
          contract: 'lien',
          type: 'lien.noted',
          subject: 'ln_1',
          data: { amount: { minor: 7, currency: 'CNY' } },
        },
      ],
    });
    const params = { id: 'ln_1' };
    const prepared = await clock.run(
      client.transaction(command('lien', 'expire_pending', { ...params, pendingId: 'p-1' })),
    );
    await clock.run(prepared.commit());
    const proved = await clock.run(client.outcome(prepared.id));
    expect(proved.json).toMatchObject({
      txId: prepared.id,
      index: 0,
      outcome: 'committed',
      sender: BANK,
      keyId: 'k1',
      commands: [{ contract: 'lien', name: 'expire_pending', params }],
      status: { number: 0, code: 'success' },
      events: [{ type: 'lien.noted', data: { amount: { minor: '7', currency: 'CNY' } } }],
    });
    expect(proved.signedBy).toHaveLength(3);
    await expect(client.outcome('wr_0007')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('headers of a stretch', () => {
  it('say height, time, round and whose signatures the certificate carries', async () => {
    world.chain.commitTo(5);
    const headers = await world.clock.run(world.client.headers({ from: 2, to: 4 }));
    expect(headers.map(({ height }) => height)).toEqual([2, 3, 4]);
    expect(headers[0]).toMatchObject({ round: 0, txCount: 0 });
    expect(headers[0]?.signers).toHaveLength(3);
  });
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
