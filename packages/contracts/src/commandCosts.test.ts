import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { costOf } from './commandCosts.js';
import { command, defineContract } from './defineContract.js';
import { walkWorld } from './pledge-facility/randomWalk.js';
import { allContracts } from './registry.js';
import { defineTable, tableList } from './table.js';
import { type Executed, given, onlookers } from './testkit.js';
import { releasedWorld } from './trace/vaccineWorld.js';

const NAME = 'greedy';
const cells = defineTable({
  contract: NAME,
  name: 'cell',
  schema: z.strictObject({ n: z.number() }),
});

/** A contract whose command reads and writes as many records as it is asked to. */
const greedy = defineContract({
  name: NAME,
  version: 1,
  tables: tableList(cells),
  commands: {
    touch: command({
      who: 'anyone',
      params: z.strictObject({ reads: z.number(), writes: z.number() }),
      verify: () => ({ contract: 'ledger', number: 0, code: 'success' }),
      execute: (context, { reads, writes }) => {
        for (let n = 0; n < reads; n += 1) context.get(cells, `r${n}`);
        for (let n = 0; n < writes; n += 1) context.put(cells, [`w${n}`], { n });
        return { contract: 'ledger', number: 0, code: 'success' };
      },
    }),
  },
  statusCodes: {},
  queries: {},
});

describe('R14: bounded work', () => {
  it('a command that touches more keys than it declares stops the test that sends it', () => {
    const world = given({ contracts: [...allContracts, greedy], parties: { a: ['BUYER'] } });
    const touch = (reads: number, writes: number) => () =>
      world.submit('a', NAME, 'touch', { reads, writes });
    expect(touch(40, 20)().code).toBe('success');
    expect(touch(70, 1)).toThrow(/R14: greedy.touch read/);
    expect(touch(1, 40)).toThrow(/R14: greedy.touch read/);
  });

  it('what is declared stays below where the ledger stops a command', () => {
    for (const { name, definition } of allContracts) {
      for (const verb of Object.keys(definition.commands)) {
        const { reads, writes } = costOf(`${name}.${verb}`);
        expect(reads).toBeLessThanOrEqual(limits.readsPerCommandMax);
        expect(writes).toBeLessThanOrEqual(limits.writesPerCommandMax);
      }
    }
  });

  it('the same command costs the same after a long history', () => {
    const world = walkWorld();
    const seen: Pick<Executed, 'reads' | 'writes'>[] = [];
    const look = ({ steps, outcome, reads, writes }: Executed) => {
      if (steps[0]?.name === 'revalue' && outcome.number === 0) seen.push({ reads, writes });
    };
    onlookers.push(look);
    for (let n = 0; n < 200; n += 1) {
      world.submit('stranger', 'pledge-facility', 'revalue', { id: 'pl_oil' });
    }
    onlookers.splice(onlookers.indexOf(look), 1);
    expect(seen).toHaveLength(200);
    expect(seen.at(-1)).toEqual(seen[0]);
  });

  it('what concerns a whole lot is one mark: a recall costs the same for any number of units', () => {
    const world = releasedWorld();
    const writes: number[] = [];
    const look = (executed: Executed) => {
      if (executed.steps[0]?.name === 'recall') writes.push(executed.writes);
    };
    onlookers.push(look);
    const evidence = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'application/pdf' };
    const recall = { id: 'lt_v1', reason: 'x', evidence };
    expect(world.submit('regulator', 'trace', 'recall', recall).code).toBe('success');
    onlookers.splice(onlookers.indexOf(look), 1);
    expect(writes[0]).toBeLessThanOrEqual(4);
  });
});
