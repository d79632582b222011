import { demoSeed, publicKeyFromSeed } from '@triflow/crypto';
import { type Devnet, type DevnetNode, demoParty, startDevnet } from '@triflow/devnet';
import { peerIdFromSeed } from '@triflow/network';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, blockOf, headOf } from './askNode.js';
import { Council } from './council.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { untilFound, untilTrue } from './untilTrue.js';
import { startWriters, type Writers } from './writers.js';

const WRITERS = ['carrier', 'court', 'supplier'];
const HEIGHTS = 4;

const validatorsSchema = z.object({
  validators: z.array(z.object({ id: z.string(), publicKey: z.string() })),
});

/** Seven validators and an observer, whose party votes it in. */
describe('validators change by vote, under load and with two of seven down', () => {
  let net: Devnet;
  let writers: Writers;
  let council: Council;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 7, observers: 1, logLevel: 'info' });
    writers = startWriters(net, WRITERS);
    council = new Council(net);
  });

  afterAll(() => net?.stop());

  it('two of seven die by kill -9 and the others go on', async () => {
    tellLogsWhenFailing(net);
    await Promise.all([nodeAt(5).kill(), nodeAt(6).kill()]);
    await advance();
  });

  it('an observer becomes the eighth validator and signs', async () => {
    tellLogsWhenFailing(net);
    const from = await council.voteIn('gp_add-v8', {
      validator: 'v8',
      label: 'v8',
      party: partyOf('insurer'),
      peerId: peerIdFromSeed(demoSeed('node-v8')),
    });
    await advance();
    expect(await validatorsAt(from - 1)).not.toContain('v8');
    expect(await validatorsAt(from)).toContain('v8');
    await untilTrue('v8 signs', async () => (await signersOf(await highest())).includes('v8'));
  });

  it('a validator changes its key: the seat goes on under the new one', async () => {
    tellLogsWhenFailing(net);
    const node = nodeAt(1);
    await node.addKey('v40');
    await node.stop();
    await node.start();
    const publicKey = publicKeyFromSeed(demoSeed('v40'));
    const seat = { validator: 'v2', label: 'v40', party: partyOf('bank-yangtze') };
    const from = await council.rekey('gp_rekey', seat);
    await advance();
    const held = (await setAt(from)).find(({ id }) => id === 'v2');
    expect(held?.publicKey).toBe(Buffer.from(publicKey).toString('base64url'));
    await untilTrue('v2 signs anew', async () => (await signersOf(await highest())).includes('v2'));
  });

  it('a dead validator is voted out; the other comes back and catches up', async () => {
    tellLogsWhenFailing(net);
    const from = await council.voteOut('gp_out-v7', 'v7');
    await advance();
    expect(await validatorsAt(from)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v8']);
    await nodeAt(5).start();
    const target = await highest();
    await untilTrue('v6 is there', async () => ((await headOf(nodeAt(5).http)) ?? 0) >= target);
    await untilTrue('v6 signs', async () => (await signersOf(await highest())).includes('v6'));
  });

  it('no acknowledged transaction is lost, and all nodes hold one chain', async () => {
    const acknowledged = await writers.stop();
    expect(acknowledged.length).toBeGreaterThan(10);
    const running = net.nodes.filter(({ state }) => state === 'running');
    expect(running).toHaveLength(7);
    const height = await highest();
    for (const { http } of running) {
      await untilTrue('all are there', async () => ((await headOf(http)) ?? 0) >= height);
      for (const { id } of acknowledged) {
        const { body } = await askNode(`${http}/v1/transactions/${id}`);
        expect(body).toMatchObject({ outcome: 'committed' });
      }
    }
    const heads = await Promise.all(running.map(({ http }) => blockOf(http, height)));
    expect(new Set(heads.map(({ id, header }) => `${id} ${header.stateRoot}`)).size).toBe(1);
  });

  it('a client that trusts the genesis follows every change of the set', async () => {
    const client = net.client('carrier');
    const party = await client.parties.get(partyOf('carrier'));
    expect(party.verified?.of).toBe(7);
    expect(party.verified?.signers).toBeGreaterThanOrEqual(5);
  });

  async function setAt(height: number): Promise<z.infer<typeof validatorsSchema>['validators']> {
    const { body } = await askNode(`${nodeAt(0).http}/v1/validators?at=${height}`);
    return validatorsSchema.parse(body).validators;
  }

  async function validatorsAt(height: number): Promise<string[]> {
    return (await setAt(height)).map(({ id }) => id);
  }

  /** Who signed the certificate of a block, by the set of its height. */
  async function signersOf(height: number): Promise<string[]> {
    const set = await validatorsAt(height);
    const entries = z
      .array(z.object({ index: z.number() }))
      .parse((await blockOf(nodeAt(0).http, height)).certificate.entries);
    return entries.map(({ index }) => set[index] ?? '');
  }

  async function highest(): Promise<number> {
    return untilFound('node 0 tells its head', () => headOf(nodeAt(0).http));
  }

  async function advance(): Promise<void> {
    const from = await highest();
    const answered = writers.acknowledged.length;
    await untilTrue('the network goes on', async () => (await highest()) >= from + HEIGHTS);
    await untilTrue('clients are answered', () => writers.acknowledged.length >= answered + 3);
  }

  function nodeAt(index: number): DevnetNode {
    return defined(net.nodes[index], `node ${index}`);
  }
});

function partyOf(alias: string): string {
  return defined(demoParty(alias), `the party ${alias}`).id;
}
