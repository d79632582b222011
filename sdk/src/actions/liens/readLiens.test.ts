import { receipts } from '@triflow/contracts/schemas';
import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError } from '../../errors/triflowError.js';
import { createWorld, type World } from '../../testing/world.js';
import { verifyEvidence } from '../../verify/verifyEvidence.js';

const quantity = { value: 25_000, unit: 'KGM', scale: 0 };
const receipt: CborMap = {
  id: 'wr_0007',
  lot: 'lt_1',
  warehouse: 'dev:warehouse',
  holder: 'dev:supplier',
  quantity,
  items: {
    depositor: { name: 'a', address: 'b' },
    goods: { variety: 'a', quality: 'b', packaging: 'c', pieces: 0, marks: 'd' },
    lossStandardBps: 10,
    place: 'Zhoushan',
    storagePeriod: { from: 20_000, to: 20_100 },
    fee: { amount: { minor: 1, currency: 'CNY' }, terms: 'monthly' },
    insurance: { insured: false },
    issue: { issuer: 'w', place: 'Zhoushan', day: 20_000 },
  },
  inspection: { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' },
  state: 'FREE',
  tokensIssued: 0,
  parents: [],
  children: [],
  slots: [],
  requests: 0,
  issuedAt: 1,
  version: 1,
};

function onAsset(asset: string): CborMap {
  const lien = { lien: 'ln_1', class: 'PLEDGE_RECEIPT', exclusive: true, state: 'EFFECTIVE' };
  return { asset, liens: [{ ...lien, createdAt: 1 }] };
}

let world: World;

beforeEach(() => {
  world = createWorld();
  world.chain.commit({ puts: { 'warehouse-receipt/receipt/wr_0007': receipt } });
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

describe('the liens of a receipt', () => {
  it('are proved to be none, on the receipt and on its lot, at one height', async () => {
    const { client, clock } = world;
    const liens = await clock.run(client.liens.proveFree('wr_0007'));
    expect(liens).toMatchObject({ free: true, onReceipt: [], onLot: [], height: 2 });
    expect(liens.receipt.quantity.value).toBe(25_000n);
    expect(liens.verified).toMatchObject({ height: 2, signers: 3, of: 4 });
    expect(liens.keys).toEqual([
      'warehouse-receipt/receipt/wr_0007',
      'lien/onAsset/wr_0007',
      'lien/onAsset/lt_1',
      'lien/onAsset/dev:supplier',
    ]);
  });

  it('go into one evidence file with the keys of the answer', async () => {
    const { client, clock, chain } = world;
    const { keys } = await clock.run(client.liens.proveFree('wr_0007'));
    const { bytes } = await clock.run(client.evidence.create(keys));
    const report = verifyEvidence(bytes, { genesis: chain.genesis });
    expect(report.sentences.slice(1)).toEqual([
      'wr_0007 was recorded in warehouse-receipt/receipt, in state FREE.',
      'No lien stood on wr_0007.',
      'No lien stood on lt_1.',
      'No lien stood on dev:supplier.',
    ]);
  });

  it('are complete when there are some, on either', async () => {
    const { client, clock, chain } = world;
    chain.commit({ puts: { 'lien/onAsset/lt_1': onAsset('lt_1') } });
    const liens = await clock.run(client.liens.complete('wr_0007'));
    expect(liens).toMatchObject({ free: false, onReceipt: [], onLot: [{ lien: 'ln_1' }] });
    expect(await codeOf(client.liens.proveFree('wr_0007'))).toBe('ASSET_ALREADY_ENCUMBERED');
    chain.commit({ puts: { 'lien/onAsset/wr_0007': onAsset('wr_0007') } });
    const both = await clock.run(client.liens.complete('wr_0007'));
    expect(both.onReceipt).toHaveLength(1);
    const found = await clock.run(client.liens.find({ asset: 'wr_0007' }));
    expect(found.data?.liens[0]?.state).toBe('EFFECTIVE');
    const none = await clock.run(client.liens.find({ asset: 'wr_0008' }));
    expect([none.data, none.verified?.kind]).toEqual([null, 'absence']);
  });

  it('cannot be asked of a receipt that is not there', async () => {
    expect(await codeOf(world.client.liens.proveFree('wr_0008'))).toBe('OBJECT_NOT_FOUND');
  });

  it('cannot be hidden by a node that answers for another key', async () => {
    const { nodes, chain } = world;
    chain.commit({ puts: { 'lien/onAsset/wr_0007': onAsset('wr_0007') } });
    for (const node of nodes) {
      node.instead = ({ path, query }) => {
        const keys = query.getAll('key');
        if (path !== '/v1/state' || !keys.includes('lien/onAsset/wr_0007')) return undefined;
        query.delete('key');
        for (const key of keys)
          query.append('key', key.replace('onAsset/wr_0007', 'onAsset/wr_0008'));
        return undefined;
      };
    }
    expect(await codeOf(world.client.liens.proveFree('wr_0007'))).toBe('VERIFICATION_FAILED');
  });
});

it('the receipt of these tests has the form of the contract', () => {
  expect(receipts.schema.safeParse({ ...receipt }).error?.issues[0]?.path).toEqual([
    'quantity',
    'value',
  ]);
});
