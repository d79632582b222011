import {
  type Block,
  type Hash,
  recentTxTable,
  stateKey,
  type ValidatorId,
  ZERO_HASH,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { readRecord } from './chainState.js';
import { drain } from './executeBlock.js';
import { accountTable, TestChain } from './ledger.testkit.js';
import { checkBlock, executeCheckedSteps } from './validateBlock.js';

function verdict(chain: TestChain, block: Block): string {
  const checked = checkBlock(chain.state(), block);
  if (!checked.ok) return checked.fault.message;
  const executed = drain(executeCheckedSteps(chain.state(), chain.registry, checked.value));
  return executed.ok ? 'valid' : executed.fault.message;
}

const open = (id: string, value = 10) => ['open', { id, value, owner: 'alice' }] as const;
const spend = (id: string, value: number) => ['spend', { id, value }] as const;

describe('executing', () => {
  it('R8: all commands of a transaction take effect, or none', () => {
    const chain = new TestChain();
    chain.commit([chain.transaction([open('a')])]);
    const { execution } = chain.commit([
      chain.transaction([spend('a', 3)]),
      chain.transaction([spend('a', 2), open('b'), spend('b', 11)]),
    ]);
    expect(execution.results.map(({ code, failedCommand }) => [code, failedCommand])).toEqual([
      ['success', -1],
      ['too_poor', 2],
    ]);
    const { reader } = chain.state();
    expect(readRecord(reader, accountTable, 'a')?.value).toBe(7n);
    expect(readRecord(reader, accountTable, 'b')).toBeUndefined();
  });

  it('R12: a refused transaction tells nothing', () => {
    const chain = new TestChain();
    const { execution } = chain.commit([
      chain.transaction([open('a'), spend('a', 3)]),
      chain.transaction([open('b'), spend('b', 11)]),
    ]);
    const told = execution.results.map(({ code, events }) => [code, events.length]);
    expect(told).toEqual([
      ['success', 2],
      ['too_poor', 0],
    ]);
  });

  it('R5: the time of an act is that of the block that commits it', () => {
    const chain = new TestChain();
    for (const id of ['a', 'b']) {
      const { block, execution } = chain.commit([chain.transaction([open(id)])]);
      const times = execution.results.flatMap(({ events }) => events.map(({ data }) => data.at));
      expect(times).toEqual([block.header.timeMs]);
    }
  });

  it('a later transaction of a block sees what an earlier one did', () => {
    const chain = new TestChain();
    const { execution } = chain.commit([
      chain.transaction([open('a')]),
      chain.transaction([open('a')]),
      chain.transaction([spend('a', 4)]),
    ]);
    expect(execution.results.map(({ number }) => number)).toEqual([0, 2, 0]);
  });

  it('a command past its bounds is refused with a status', () => {
    const chain = new TestChain();
    const { execution } = chain.commit([chain.transaction([['greedy', {}]])]);
    expect(execution.results[0]?.code).toBe('bound_exceeded');
  });

  it('unknown contracts and commands are outcomes, not invalid blocks', () => {
    const chain = new TestChain();
    const { block, execution } = chain.build([chain.transaction([['nonsense', {}]])]);
    expect(execution.results[0]?.code).toBe('command_not_found');
    expect(verdict(chain, block)).toBe('valid');
  });

  it('a transaction that trips over a bug of ours is left out by the builder', () => {
    const chain = new TestChain();
    const { block, unfit } = chain.build([
      chain.transaction([['broken', {}]]),
      chain.transaction([open('a')]),
    ]);
    expect(block.header.txCount).toBe(1);
    expect(unfit.map(({ code }) => code.startsWith('internal'))).toEqual([true]);
    expect(verdict(chain, block)).toBe('valid');
  });

  it('indexes follow their records', () => {
    const chain = new TestChain();
    const opened = chain.commit([chain.transaction([open('a')])]);
    const key = 'party-registry/account/owner/alice/a';
    expect(opened.execution.indexChanges).toEqual([{ key, put: true }]);
    const spent = chain.commit([chain.transaction([spend('a', 1)])]);
    expect(spent.execution.indexChanges).toEqual([]);
    const closed = chain.commit([chain.transaction([['close', { id: 'a' }]])]);
    expect(closed.execution.indexChanges).toEqual([{ key, put: false }]);
  });

  it('two executions of the same history give the same roots', () => {
    const roots = [1, 2].map(() => {
      const chain = new TestChain();
      for (let i = 0; i < 20; i += 1) chain.commit([chain.transaction([open(`a${i}`, i)])]);
      return chain.roots;
    });
    expect(roots[0]).toEqual(roots[1]);
    expect(new Set(roots[0]).size).toBe(21);
  });
});

describe('transaction ids', () => {
  it('R8: an id is accepted once, and stays in the state through its last valid height', () => {
    const chain = new TestChain();
    const once = chain.transaction([open('a')], { validUntilHeight: 3 });
    chain.commit([once]);
    expect(chain.build([once]).unfit).toMatchObject([{ code: 'transaction_replayed' }]);
    const key = stateKey(recentTxTable, [once.txId]);
    chain.commit([]);
    chain.commit([]);
    expect(chain.height).toBe(3);
    expect(chain.values.has(key)).toBe(true);
    chain.commit([]);
    expect(chain.values.has(key)).toBe(false);
    expect(chain.build([once]).unfit).toMatchObject([{ code: 'transaction_expired' }]);
  });

  it('the window, the key and the chain are checked', () => {
    const chain = new TestChain({ window: 8 });
    const codes = (options: Parameters<TestChain['transaction']>[1]) =>
      chain.build([chain.transaction([open('a')], options)]).unfit.map(({ code }) => code);
    expect(codes({ validUntilHeight: 9 })).toEqual([]);
    expect(codes({ validUntilHeight: 10 })).toEqual(['transaction_window']);
    expect(codes({ keyId: 'k2' })).toEqual(['key_not_found']);
    expect(codes({ chainId: 'other' })).toEqual(['transaction_wrong_chain']);
  });

  it('a block that holds an id twice is invalid', () => {
    const chain = new TestChain();
    const { block } = chain.build([chain.transaction([open('a')])]);
    const [bytes] = block.body.transactions;
    const twice = { ...block, body: { ...block.body, transactions: [bytes, bytes] } } as Block;
    expect(verdict(chain, twice)).toContain('V1');
  });
});

describe('judging', () => {
  const changes: [string, Partial<Block['header']>, string][] = [
    ['another version', { version: 2 }, 'V2'],
    ['another chain', { chainId: 'other' }, 'V2'],
    ['a height that does not follow', { height: 7 }, 'V2'],
    ['another parent', { parentHash: ZERO_HASH }, 'V2'],
    ['a stranger as builder', { builder: 'v9' as ValidatorId }, 'V2'],
    ['a time too early', { timeMs: 1_000_100 }, 'V3'],
    ['another transaction root', { txRoot: ZERO_HASH }, 'V1'],
    ['another transaction count', { txCount: 9 }, 'V1'],
    ['another evidence root', { evidenceRoot: ZERO_HASH }, 'V1'],
    ['another validator set', { validatorsHash: ZERO_HASH }, 'V5'],
    ['another next set', { nextValidatorsHash: ZERO_HASH }, 'V5'],
    ['another state root', { stateRoot: ZERO_HASH }, 'V8'],
    ['another result root', { resultRoot: 'f'.repeat(64) as Hash }, 'V8'],
  ];

  it.each(changes)('%s is invalid', (_what, change, rule) => {
    const chain = new TestChain();
    const { block } = chain.build([chain.transaction([open('a')])]);
    expect(verdict(chain, block)).toBe('valid');
    expect(verdict(chain, { ...block, header: { ...block.header, ...change } })).toContain(rule);
  });

  it('V4: an empty block is only valid as a heartbeat', () => {
    const chain = new TestChain();
    const { block } = chain.build([]);
    expect(verdict(chain, block)).toBe('valid');
    const early = { ...block.header, timeMs: block.header.timeMs - 1 };
    expect(verdict(chain, { ...block, header: early })).toContain('V4');
  });
});
