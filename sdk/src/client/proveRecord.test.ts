import { beforeEach, describe, expect, it } from 'vitest';
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

describe('headers of a stretch', () => {
  it('say height, time, round and whose signatures the certificate carries', async () => {
    world.chain.commitTo(5);
    const headers = await world.clock.run(world.client.headers({ from: 2, to: 4 }));
    expect(headers.map(({ height }) => height)).toEqual([2, 3, 4]);
    expect(headers[0]).toMatchObject({ round: 0, txCount: 0 });
    expect(headers[0]?.signers).toHaveLength(3);
  });
});
