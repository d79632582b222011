import { receipts } from '@triflow/contracts/schemas';
import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { isTriflowError } from '../../errors/triflowError.js';
import { fakeReceipt } from '../../testing/fakeReceipt.js';
import { createWorld, type World } from '../../testing/world.js';
import { verifyEvidence } from '../../verify/verifyEvidence.js';

function onAsset(asset: string): CborMap {
  const lien = { lien: 'ln_1', class: 'PLEDGE_RECEIPT', exclusive: true, state: 'EFFECTIVE' };
  return { asset, liens: [{ ...lien, createdAt: 1 }] };
}

let world: World;

beforeEach(() => {
  world = createWorld();
  world.chain.commit({ puts: { 'warehouse-receipt/receipt/wr_0007': fakeReceipt } });
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

  it('cannot be hidden by proofs of absence that were true before the lien, nor by their block', async () => {
    const { nodes, chain, client } = world;
    await world.clock.run(client.liens.proveFree('wr_0007'));
    const before = chain.blocks.length;
    chain.commit({ puts: { 'lien/onAsset/wr_0007': onAsset('wr_0007') } });
    const old = await stateAt(world, before);
    for (const part of ['proofs', 'all'] as const) {
      for (const node of nodes) {
        node.tamper = (path, body) => {
          const { length } = (body.proofs ?? []) as string[];
          if (path !== '/v1/state' || length !== old.proofs.length) return body;
          return part === 'all' ? { ...body, ...old } : { ...body, proofs: old.proofs };
        };
      }
      const at = chain.blocks.length;
      expect(await codeOf(client.liens.proveFree('wr_0007', { at }))).toBe('VERIFICATION_FAILED');
    }
  });

  it('an absence proof with any byte changed is refused', async () => {
    const { nodes, client } = world;
    const { proofs } = await stateAt(world, world.chain.blocks.length);
    const length = Buffer.from(proofs[1] ?? '', 'base64url').length;
    expect(length).toBeGreaterThan(50);
    for (let at = 0; at < length; at += 1) {
      for (const node of nodes) {
        node.tamper = (path, body) => {
          if (path !== '/v1/state') return body;
          const told = body.proofs as string[];
          return { ...body, proofs: told.map((one, index) => (index === 1 ? flip(one, at) : one)) };
        };
      }
      const code = await codeOf(client.liens.proveFree('wr_0007'));
      expect([at, code]).toEqual([at, 'VERIFICATION_FAILED']);
    }
    for (const node of nodes) node.tamper = (_path, body) => body;
    expect(await codeOf(client.liens.proveFree('wr_0007'))).toBe('no error');
  });

  it('a proof left out, or given twice for another, is refused', async () => {
    const { nodes, client } = world;
    const lies: readonly ((told: readonly string[]) => readonly string[])[] = [
      (told) => told.slice(1),
      (told) => told.map((_, index) => told[index === 1 ? 0 : index] ?? ''),
      (told) => told.toReversed(),
    ];
    for (const lie of lies) {
      for (const node of nodes) {
        node.tamper = (_path, body) => {
          const told = (body.proofs ?? []) as string[];
          return told.length > 1 ? { ...body, proofs: lie(told) } : body;
        };
      }
      expect(['VERIFICATION_FAILED', 'PROOF_MISSING']).toContain(
        await codeOf(client.liens.proveFree('wr_0007')),
      );
    }
  });
});

/** What an honest node answers for the keys that `proveFree` reads. */
async function stateAt({ chain }: World, height: number) {
  let told: { header?: unknown; certificate?: unknown; proofs?: unknown } = {};
  const honest = createWorld(chain);
  for (const node of honest.nodes) {
    node.height = () => height;
    node.tamper = (path, body) => {
      if (path === '/v1/state') told = body;
      return body;
    };
  }
  await honest.clock.run(honest.client.liens.complete('wr_0007'));
  return { ...told, height, proofs: told.proofs as string[] };
}

function flip(text: string, at: number): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64url');
}

it('the receipt of these tests has the form of the contract', () => {
  expect(receipts.schema.safeParse({ ...fakeReceipt }).error?.issues[0]?.path).toEqual([
    'quantity',
    'value',
  ]);
});
