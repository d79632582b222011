import { decodeTransaction, equalBytes } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountFromSigner } from '../accounts/account.js';
import { command } from '../actions/action.js';
import { isTriflowError, type TriflowError } from '../errors/triflowError.js';
import { problem } from '../testing/fakeNode.js';
import { createWorld, type World } from '../testing/world.js';

const encumbered = { contract: 'lien', number: 101, code: 'asset_already_encumbered' };
const draw = {
  id: 'pl_0004',
  expectedVersion: 3,
  amount: { minor: 428_904_000n, currency: 'USD' },
};

let world: World;

beforeEach(() => {
  world = createWorld();
});

async function errorOf(work: Promise<unknown>): Promise<TriflowError> {
  try {
    await world.clock.run(work);
  } catch (error) {
    if (isTriflowError(error)) return error;
    throw error;
  }
  throw new RangeError('nothing was thrown');
}

function posts(): readonly Uint8Array[] {
  const sent = world.nodes.flatMap((node) => node.seen);
  return sent.filter(({ method }) => method === 'POST').map(({ body }) => body);
}

describe('building', () => {
  it('signs a transaction with a last height counted from a verified head', async () => {
    world.chain.commitTo(7);
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    expect(tx.id).toMatch(/^tx_[0-9a-f]{64}$/);
    expect(tx.validUntilHeight).toBe(67);
    const read = decodeTransaction(tx.bytes);
    expect(read.ok && read.value.sender).toBe('dev:bank-yangtze');
    expect(read.ok && read.value.commands).toEqual([
      {
        contract: 'pledge-facility',
        name: 'draw',
        params: { ...draw, amount: { minor: 428_904_000, currency: 'USD' } },
      },
    ]);
    expect(posts()).toHaveLength(0);
  });

  it('takes the validity asked for, within the window of the chain', async () => {
    const { client, clock } = world;
    const tx = await clock.run(client.pledges.draw(draw, { validForBlocks: 512 }));
    expect(tx.validUntilHeight).toBe(513);
    const error = await errorOf(client.pledges.draw(draw, { validForBlocks: 513 }));
    expect(error.code).toBe('REQUEST_INVALID');
  });

  it('is not led to a far height by a node that names one', async () => {
    world.nodes[0].tamper = (_path, body) => ({ ...body, height: 1_000_000 });
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    expect(tx.validUntilHeight).toBe(61);
  });

  it('counts from 0 on a chain that has no block yet', async () => {
    for (const node of world.nodes) node.height = () => 0;
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    expect(tx.validUntilHeight).toBe(60);
  });

  it('puts several commands into one transaction', async () => {
    const { client, clock } = world;
    const commands = [
      command('pledge-facility', 'draw', draw),
      command('lien', 'release', { id: 'ln_1', expectedVersion: 1 }),
    ];
    const tx = await clock.run(client.transaction(commands));
    const read = decodeTransaction(tx.bytes);
    expect(read.ok && read.value.commands.map(({ name }) => name)).toEqual(['draw', 'release']);
  });

  it('names the member that does not fit, before anything is signed', async () => {
    const wrong: [unknown, string][] = [
      [{ ...draw, amount: { minor: 1, currency: 'USD' } }, '/commands/0/params/amount/minor'],
      [
        { ...draw, amount: { minor: 2n ** 63n, currency: 'USD' } },
        '/commands/0/params/amount/minor',
      ],
      [{ ...draw, id: 'wr_0007' }, '/commands/0/params/id'],
      [{ ...draw, more: 1 }, '/commands/0/params'],
      [{ id: 'pl_1' }, '/commands/0/params/expectedVersion'],
      [null, '/commands/0/params'],
    ];
    for (const [params, path] of wrong) {
      const input = { contract: 'pledge-facility', name: 'draw', params };
      const error = await errorOf(world.client.transaction(input));
      expect([error.code, error.details.path]).toEqual(['REQUEST_INVALID', path]);
    }
    for (const name of ['drow', 'toString', '__proto__']) {
      const error = await errorOf(
        world.client.transaction({ contract: 'pledge-facility', name, params: draw }),
      );
      expect(error.code).toBe('REQUEST_INVALID');
    }
    const other = { contract: 'constructor', name: 'draw', params: draw };
    expect((await errorOf(world.client.transaction(other))).code).toBe('REQUEST_INVALID');
    expect((await errorOf(world.client.transaction([]))).code).toBe('REQUEST_INVALID');
    expect(world.nodes[0].seen).toHaveLength(0);
  });

  it('shows an outside signer what it signs, and refuses a signature of another key', async () => {
    const shown: string[] = [];
    const account = accountFromSigner({
      party: 'dev:bank-yangtze',
      keyId: 'k1',
      publicKey: new Uint8Array(32).fill(7),
      sign: (_bytes, request) => {
        shown.push(...request.commands.map(({ contract, name }) => `${contract}.${name}`));
        return Promise.resolve(new Uint8Array(64));
      },
    });
    const client = world.connect({ account });
    expect((await errorOf(client.pledges.draw(draw))).code).toBe('SIGNATURE_INVALID');
    expect(shown).toEqual(['pledge-facility.draw']);
  });

  it('takes up bytes that were kept, and only those of this chain', async () => {
    const { client, clock, connect } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const again = connect().resume(tx.bytes);
    expect([again.id, again.validUntilHeight]).toEqual([tx.id, tx.validUntilHeight]);
    expect(() => client.resume(new Uint8Array(4))).toThrow('bytes left over');
    const chainId = 'elsewhere';
    const pin = { chainId, genesisHash: '1'.repeat(64), stateTreeDepth: 6, height: 1 };
    const other = connect({ trust: { ...pin, validators: world.chain.head.set } });
    expect(() => other.resume(tx.bytes)).toThrow('these bytes are for triflow-test');
  });
});

describe('committing', () => {
  it('ends with the proved block and its events', async () => {
    const data = { amount: { minor: 5n, currency: 'USD' }, count: 7, hash: new Uint8Array([1]) };
    const event = { contract: 'pledge-facility', type: 'facility.drawn', subject: 'pl_0004', data };
    world.chain.execute = () => ({ events: [event] });
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    const done = await world.clock.run(tx.commit());
    expect(done).toMatchObject({ outcome: 'committed', txId: tx.id, height: 2, index: 0 });
    expect(done.verified).toMatchObject({ height: 2, signers: 3, of: 4 });
    expect(done.events[0]?.data).toEqual({
      amount: { minor: '5', currency: 'USD' },
      count: 7,
      hash: 'AQ',
    });
    expect(world.clock.timers()).toBe(0);
  });

  it('throws the refusal of a contract by its own code, proved', async () => {
    world.chain.execute = () => ({ status: encumbered });
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    const error = await errorOf(tx.commit());
    expect(error.code).toBe('ASSET_ALREADY_ENCUMBERED');
    expect(error.retry).toBe('never');
    expect(error.details).toMatchObject({ status: encumbered, verified: { signers: 3 } });
  });

  it('does not believe a node that calls a refusal a success, or the reverse', async () => {
    world.chain.execute = () => ({ status: encumbered });
    const tx = await world.clock.run(world.client.pledges.draw(draw));
    world.nodes[0].tamper = (path, body) => {
      return path === '/v1/transactions' ? { ...body, outcome: 'committed', events: [] } : body;
    };
    expect((await errorOf(tx.commit())).code).toBe('ASSET_ALREADY_ENCUMBERED');
  });

  it('does not believe a node that calls a committed transaction expired', async () => {
    const { client, clock, nodes, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    nodes[0].tamper = (path, body) => {
      return path === '/v1/transactions' ? { txId: body.txId, outcome: 'expired' } : body;
    };
    const work = tx.commit();
    chain.submit(tx.bytes);
    chain.commit();
    chain.commitTo(61);
    expect((await clock.run(work)).outcome).toBe('committed');
  });

  it('does not accept the proof of another transaction', async () => {
    const { client, clock, nodes } = world;
    const first = await clock.run(client.pledges.draw(draw));
    await clock.run(first.commit());
    const second = await clock.run(client.pledges.draw(draw));
    let recorded: Record<string, unknown> = {};
    nodes[1].tamper = (path, body) => {
      if (path.endsWith('/proof')) recorded = body;
      return body;
    };
    nodes[0].instead = () => 'down';
    await clock.run(client.resume(first.bytes).wait());
    nodes[1].instead = ({ path }) => {
      return path.endsWith('/proof') ? Response.json({ ...recorded, txId: second.id }) : undefined;
    };
    expect((await errorOf(second.commit())).code).toBe('VERIFICATION_FAILED');
  });

  it('sent again the same bytes are the same request', async () => {
    const { client, clock, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const first = await clock.run(tx.commit());
    const second = await clock.run(tx.commit());
    expect(second).toMatchObject({ height: first.height, index: first.index });
    const [one, two] = posts();
    expect(equalBytes(one ?? new Uint8Array(), two ?? new Uint8Array([1]))).toBe(true);
    expect(chain.blocks).toHaveLength(2);
  });

  it('goes to the next node with the same bytes when one cannot be reached', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    nodes[0].instead = () => 'down';
    const done = await clock.run(tx.commit());
    expect(done.outcome).toBe('committed');
    expect(posts()).toHaveLength(2);
  });

  it('gives the bytes to a node that took over and never saw them', async () => {
    const { client, clock, nodes, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    nodes[0].commitsAtOnce = false;
    let asked = 0;
    nodes[0].instead = ({ path }) => {
      if (!path.startsWith('/v1/transactions/')) return undefined;
      asked += 1;
      chain.pending.splice(0);
      return 'down';
    };
    const done = await clock.run(tx.commit());
    expect([done.outcome, asked]).toEqual(['committed', 1]);
  });

  it('passes over a node that has not come to the block yet', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    nodes[0].instead = ({ path }) => (path.endsWith('/proof') ? 'down' : undefined);
    let asked = 0;
    nodes[1].height = () => (asked > 2 ? 2 : 1);
    nodes[1].instead = ({ path }) => {
      if (path.endsWith('/proof')) asked += 1;
      return undefined;
    };
    expect(await clock.run(tx.commit())).toMatchObject({ outcome: 'committed', height: 2 });
    expect(asked).toBeGreaterThan(2);
  });

  it('waits as long as Retry-After says, then tries again', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const startMs = clock.nowMs();
    let refusals = 0;
    nodes[0].instead = ({ method }) => {
      if (method !== 'POST' || refusals > 0) return undefined;
      refusals += 1;
      return problem('MEMPOOL_FULL', { 'retry-after': '3' });
    };
    expect((await clock.run(tx.commit())).outcome).toBe('committed');
    expect(clock.nowMs() - startMs).toBe(3_000);
  });

  it('throws a refusal that no node went beyond, and never repeats a final one', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    nodes[0].instead = ({ method }) => (method === 'POST' ? problem('MEMPOOL_FULL') : undefined);
    const full = await errorOf(tx.commit({ timeoutMs: 500 }));
    expect([full.code, full.phase, full.retry]).toEqual(['MEMPOOL_FULL', 'admit', 'after']);
    nodes[0].seen.length = 0;
    nodes[0].instead = ({ method }) => (method === 'POST' ? problem('KEY_NOT_FOUND') : undefined);
    const unknown = await errorOf(tx.commit());
    expect([unknown.code, unknown.requestId]).toEqual(['KEY_NOT_FOUND', 'rq_1']);
    expect(posts()).toHaveLength(1);
  });

  it('without verification takes the word of the node', async () => {
    const client = world.connect({ verify: 'never' });
    const tx = await world.clock.run(client.pledges.draw(draw));
    const done = await world.clock.run(tx.commit());
    expect([done.outcome, done.height, done.verified]).toEqual(['committed', 2, undefined]);
  });

  it('reads what it wrote', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    await clock.run(tx.commit());
    nodes[0].height = () => 1;
    expect((await clock.run(client.head())).height).toBe(2);
  });

  it('sends many at once', async () => {
    const { client, clock, chain } = world;
    const one = await clock.run(client.pledges.draw(draw));
    const two = await clock.run(client.pledges.draw(draw));
    expect(one.id).not.toBe(two.id);
    const sent = await clock.run(client.sendBatch([one, two]));
    expect(sent).toEqual([
      { id: one.id, status: 'accepted' },
      { id: two.id, status: 'accepted' },
    ]);
    chain.commit();
    expect((await clock.run(two.wait())).outcome).toBe('committed');
  });
});

describe('when time runs out', () => {
  it('the outcome is unknown, with the phase: nothing answers', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    for (const node of nodes) node.instead = () => 'hang';
    const error = await errorOf(tx.commit({ timeoutMs: 8_000 }));
    expect([error.code, error.phase, error.retry]).toEqual(['OUTCOME_UNKNOWN', 'connect', 'same']);
    expect(world.clock.timers()).toBe(0);
  });

  it('the outcome is unknown when a node fails inside, or answers what nobody can read', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const failures = [() => problem('INTERNAL'), () => new Response('{}', { status: 201 })];
    for (const failure of failures) {
      nodes[0].instead = ({ method }) => (method === 'POST' ? failure() : undefined);
      const error = await errorOf(tx.commit({ timeoutMs: 2_000 }));
      expect([error.code, error.retry]).toEqual(['OUTCOME_UNKNOWN', 'same']);
    }
  });

  it('the outcome is unknown, with the phase: taken, but no block comes', async () => {
    const { client, clock, nodes } = world;
    for (const node of nodes) node.commitsAtOnce = false;
    const tx = await clock.run(client.pledges.draw(draw));
    for (const node of nodes) {
      node.instead = ({ path }) => (path.startsWith('/v1/transactions/tx_') ? 'hang' : undefined);
    }
    const error = await errorOf(tx.commit({ timeoutMs: 8_000 }));
    expect([error.code, error.phase]).toEqual(['OUTCOME_UNKNOWN', 'order']);
    expect(error.details).toEqual({ txId: tx.id });
  });

  it('the outcome is unknown, with the phase: committed, but the proof does not come', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    for (const node of nodes)
      node.instead = ({ path }) => (path.endsWith('/proof') ? 'hang' : undefined);
    const error = await errorOf(tx.commit({ timeoutMs: 8_000 }));
    expect([error.code, error.phase]).toEqual(['OUTCOME_UNKNOWN', 'verify']);
  });

  it('a signal of the caller ends the wait the same way', async () => {
    const { client, clock, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const controller = new AbortController();
    nodes[0].instead = () => {
      controller.abort();
      return 'hang';
    };
    const error = await errorOf(tx.commit({ signal: controller.signal }));
    expect([error.code, (error.cause as TriflowError).code]).toEqual([
      'OUTCOME_UNKNOWN',
      'ABORTED',
    ]);
    const before = new AbortController();
    before.abort();
    nodes[1].seen.length = 0;
    expect((await errorOf(client.head({ signal: before.signal }))).code).toBe('ABORTED');
    expect(nodes[1].seen).toHaveLength(0);
  });
});

describe('settling', () => {
  it('proves that a transaction of unknown outcome took effect', async () => {
    const { client, clock, nodes, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    for (const node of nodes)
      node.instead = ({ method }) => (method === 'POST' ? 'hang' : undefined);
    expect((await errorOf(tx.commit({ timeoutMs: 8_000 }))).code).toBe('OUTCOME_UNKNOWN');
    chain.submit(tx.bytes);
    chain.commit();
    const settled = await clock.run(tx.settle());
    expect(settled).toMatchObject({ outcome: 'committed', height: 2, verified: { signers: 3 } });
  });

  it('proves it while the chain has gone on, for the proof is of its own block', async () => {
    const { client, clock, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    chain.submit(tx.bytes);
    chain.commit();
    chain.commitTo(5);
    expect(await clock.run(tx.settle())).toMatchObject({ outcome: 'committed', height: 2 });
  });

  it('proves a refusal without throwing', async () => {
    const { client, clock, chain } = world;
    chain.execute = () => ({ status: encumbered });
    const tx = await clock.run(client.pledges.draw(draw));
    chain.submit(tx.bytes);
    chain.commit();
    const settled = await clock.run(tx.settle());
    expect(settled).toMatchObject({ outcome: 'rejected', status: encumbered, failedCommand: 0 });
  });

  it('proves expiry by absence at the last height exactly, however late it asks', async () => {
    const { client, clock, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw, { validForBlocks: 3 }));
    chain.commitTo(4);
    const atLast = await clock.run(tx.settle());
    expect(atLast).toMatchObject({ outcome: 'expired', verified: { height: 4, kind: 'absence' } });
    chain.commitTo(20);
    const later = await clock.run(tx.settle());
    expect(later).toMatchObject({ outcome: 'expired', verified: { height: 4, kind: 'absence' } });
    expect((await errorOf(tx.commit())).code).toBe('TRANSACTION_EXPIRED');
  });

  it('finds the outcome after the id has left the state', async () => {
    const { client, clock, chain } = world;
    const tx = await clock.run(client.pledges.draw(draw, { validForBlocks: 3 }));
    chain.submit(tx.bytes);
    chain.commit();
    chain.commitTo(20);
    expect(await clock.run(tx.settle())).toMatchObject({ outcome: 'committed', height: 2 });
  });

  it('does not call a transaction expired before its last height has passed', async () => {
    const { client, clock } = world;
    const tx = await clock.run(client.pledges.draw(draw));
    const error = await errorOf(tx.settle({ timeoutMs: 3_000 }));
    expect([error.code, error.phase]).toEqual(['OUTCOME_UNKNOWN', 'commit']);
  });

  it('an expiry that a node names is thrown with its proof', async () => {
    const { client, clock, chain, nodes } = world;
    const tx = await clock.run(client.pledges.draw(draw, { validForBlocks: 3 }));
    chain.commitTo(9);
    nodes[0].instead = ({ method }) => {
      return method === 'POST' ? problem('TRANSACTION_EXPIRED') : undefined;
    };
    const error = await errorOf(tx.commit());
    expect([error.code, error.retry]).toEqual(['TRANSACTION_EXPIRED', 'rebuild']);
    expect(error.details.verified).toMatchObject({ height: 4, kind: 'absence', signers: 3 });
  });
});
