import { allContracts } from '@triflow/contracts';
import type { World } from '@triflow/contracts/testkit';
import type { PartyId } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { anonymousReader } from '../../packages/api/src/server/access/reader.js';
import { placeOf } from '../../packages/api/src/server/access/recordPlace.js';
import { sightOf } from '../../packages/api/src/server/access/sight.js';
import {
  act,
  livestockWorld,
  mortgage,
  must,
  PEN,
  penned,
  saleTo,
} from '../../packages/contracts/src/livestock/livestockWorld.js';
import { accepted, charge, goodsWorld, lienOf, store } from '../goodsWorld.js';

const tables = allContracts.flatMap((contract) => contract.tables);
const registry = {
  contracts: new Map(allContracts.map((contract) => [contract.name, contract])),
  tables: new Map(tables.map((table) => [`${table.contract}/${table.name}`, table])),
};

/** How a party of the world sees an object, as a node's API would answer it. */
async function sight(world: World, alias: string, object: string): Promise<string> {
  const view = world.reader();
  const place = await placeOf(registry, view, object);
  if (place === undefined) return 'not there';
  const party: PartyId = world.id(alias);
  const reader = { ...anonymousReader, party, how: 'session' } as const;
  return sightOf(registry, view, reader, place);
}

describe('who holds a live lien on an asset reads its record (domain section 6)', () => {
  it('goods in a lot: the mortgagee while the mortgage stands, and no other lender', async () => {
    const world = goodsWorld();
    store(world, 'lt_1', 1_000n);
    expect(await sight(world, 'bank', 'lt_1')).toBe('hidden');
    const mortgage = { class: 'MORTGAGE', asset: { kind: 'lot', id: 'lt_1' } };
    accepted(charge(world, 'ln_1', 'bank', mortgage));
    expect(await sight(world, 'bank', 'lt_1')).toBe('own');
    expect(await sight(world, 'bank2', 'lt_1')).toBe('hidden');
    const { version: expectedVersion } = lienOf(world, 'ln_1');
    accepted(world.submit('bank', 'lien', 'release', { id: 'ln_1', expectedVersion }));
    expect(await sight(world, 'bank', 'lt_1')).toBe('hidden');
  });

  it('animals: the mortgagee reads the animal and its pen, and how it was counted', async () => {
    const world = livestockWorld();
    const penKey = `livestock/pen/${PEN}`;
    for (const id of ['an_1', 'an_2']) penned(world, id);
    must(mortgage(world, ['an_1']));
    expect(await sight(world, 'lender', 'an_1')).toBe('own');
    expect(await sight(world, 'lender', penKey)).toBe('own');
    expect(await sight(world, 'lender', 'an_2')).toBe('hidden');
    expect(await sight(world, 'lender2', 'an_1')).toBe('hidden');
    expect(await sight(world, 'lender2', penKey)).toBe('hidden');
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')));
    expect(await sight(world, 'lender', 'an_1')).toBe('hidden');
  });

  it('every kind of asset that a lien can lie on is opened so', () => {
    const opened = tables
      .filter(({ visibility }) => visibility?.originOf?.some(({ table }) => table === 'lien/lien'))
      .map(({ objectKind }) => objectKind);
    expect(opened.sort()).toEqual(['an', 'ci', 'lt', 'rv', 'vu', 'wr']);
  });
});
