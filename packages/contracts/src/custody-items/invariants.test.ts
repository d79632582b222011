import { dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { type Machine, machine, type RandomStep, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import {
  custodyWorld,
  ORDER,
  paper,
  personOf,
  rfidOf,
  stocktake,
  stored,
  VAULT,
} from './custodyWorld.js';
import { invariants } from './invariants.js';
import { handovers, items, movements, numbered, persons, stocktakes, vaults } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';

const IDS = ['ci_1', 'ci_2', 'ci_3'] as const;
const KEEPERS = ['keeper', 'second', 'third'] as const;
const SIGNERS = ['second', 'approver', 'auditor', 'third', 'keeper', 'boss'] as const;

const stepArbitrary = fc
  .record({ kind: fc.nat(17), a: fc.nat(2), b: fc.nat(3), c: fc.nat(5) })
  .map(({ kind, a, b, c }): RandomStep => {
    return (world) => {
      const id = defined(IDS[a], 'an item');
      const item = world.read(items, id);
      const vault = world.must(vaults, VAULT);
      const keeper = KEEPERS.find((alias) => world.id(alias) === vault.keeper) ?? 'keeper';
      const other = KEEPERS[c % 3] ?? 'second';
      const own = { id, expectedVersion: item?.version ?? 1 };
      const signers = {
        second: world.id(other),
        approver: world.id(c === 5 ? 'boss' : 'approver'),
      };
      const moved = { ...own, ...signers };
      const slot = `A-${b}`;
      const facts = { kind: 'seal', title: 'S', owner: world.id('owner'), vault: VAULT };
      const subject = kind % 2 === 0 ? id : VAULT;
      const pendingId = (kind % 2 === 0 ? item : vault)?.pending?.pendingId ?? signName(world, c);
      const signer = defined(SIGNERS[c], 'a signer');
      const number = vault.openStocktake ?? vault.stocktakes;
      const due = dayFromTime(world.nowMs()) + 1;
      const inside = world.records(items).filter((one) => one.state === 'IN_VAULT');
      const missing = inside.filter((one) => one.id !== id).map((one) => one.id);
      const entries = [{ item: id, slot, damaged: c === 0 }];
      const to = { to: world.id('borrower'), due, reason: 'copy' };
      const next = { to: world.id(other), expectedVersion: vault.version, stocktake: number };
      const except = c === 4 ? { exceptedBy: world.id('approver') } : {};
      const own2 = { vault: VAULT, stocktake: number, item: id, evidence: paper, slot };
      const commands = [
        [keeper, 'register', { id, ...facts, rfid: rfidOf(id), linkedTo: ORDER }],
        [keeper, 'put_in', { ...moved, slot }],
        [keeper, 'put_in', { ...moved, slot }],
        [keeper, 'check_out', { ...moved, ...to }],
        [keeper, 'return_in', moved],
        [keeper, 'release_final', moved],
        [signer, 'countersign', { id: subject, pendingId }],
        [signer, 'countersign', { id: subject, pendingId }],
        [signer, 'countersign', { id: subject, pendingId }],
        [signer, 'countersign', { id: subject, pendingId }],
        [keeper, 'open_stocktake', { vault: VAULT, blind: c === 0 }],
        [keeper, 'count', { vault: VAULT, entries }],
        [keeper, 'reconcile', { vault: VAULT, missing }],
        [keeper, 'sign', { vault: VAULT, stocktake: number }],
        [keeper, 'hand_over', { vault: VAULT, ...next, ...except }],
        [keeper, 'settle_difference', { ...own2, kind: c % 2 === 0 ? 'missing' : 'misplaced' }],
        ['court', c % 2 === 0 ? 'freeze' : 'unfreeze', { id, order: paper }],
        [signer, 'reject', { id: subject, pendingId }],
      ] as const;
      const [alias, name, params] = defined(commands[kind], 'a command');
      return { alias, contract: 'custody-items', name, params };
    };
  });

/** Commands on a vault that hold nothing are named by how many were opened. */
function signName(world: World, c: number): string {
  const opened = world.must(vaults, VAULT).stocktakes + c;
  return `sign-${Math.max(1, opened)}`;
}

const stocktakeMachine: Machine = {
  stateOf: (world) =>
    new Map(world.records(stocktakes).map((one) => [`${one.vault} ${one.number}`, one.state])),
  moves: lifecycle.stocktake,
};

/** Two items are in their slots. */
function stockedWorld(): World {
  const world = custodyWorld();
  stored(world, 'ci_1', 'A-1');
  stored(world, 'ci_2', 'A-2');
  return world;
}

describe('custody-items under random commands', () => {
  it('keeps K1 to K4, its lifecycle and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const machines = [machine(items, lifecycle.item), stocktakeMachine];
        const report = runSteps(stockedWorld, steps, { invariants, machines, statusCodes });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(1_200);
  }, 300_000);

  it('K1 is noticed broken: two items in a slot', () => {
    const world = stockedWorld();
    const item = world.must(items, 'ci_2');
    world.plant(items, ['ci_2'], { ...item, slot: 'A-1' });
    expect(broken(world)).toContain('K1');
  });

  it('K2 is noticed broken: a keeper changed over open differences', () => {
    const world = stockedWorld();
    const number = stocktake(world, [{ item: 'ci_1', slot: 'A-1' }], ['ci_2']);
    const parties = { from: world.id('keeper'), to: world.id('third') };
    const facts = { vault: VAULT, stocktake: number, items: 1, tx: 'tx_0', at: 0 };
    world.plant(handovers, numbered(VAULT, 1), { ...parties, ...facts });
    expect(broken(world)).toEqual(['K2']);
    const vault = world.must(vaults, VAULT);
    world.plant(vaults, [VAULT], { ...vault, openDifferences: 0 });
    expect(broken(world)).toContain('K2 open differences are what nobody settled');
  });

  it('K3 is noticed broken: an out without approval, or by one person', () => {
    const world = stockedWorld();
    const item = world.must(items, 'ci_1');
    const out = { to: world.id('borrower'), due: 30_000, reason: 'x', at: 0 };
    world.plant(items, ['ci_1'], { ...item, state: 'CHECKED_OUT', checkedOut: out });
    expect(broken(world)).toContain('K3 what is out was let out');
    world.plant(items, ['ci_1'], item);
    const movement = world.must(movements, ...numbered('ci_1', 1));
    const alone = { ...movement, keepers: [movement.approver, movement.approver] };
    world.plant(movements, numbered('ci_1', 1), alone);
    expect(broken(world)).toEqual(['K3']);
    world.plant(movements, numbered('ci_1', 1), movement);
    const person = world.must(persons, VAULT, world.id('second'));
    const party = world.id('second');
    world.plant(persons, [VAULT, party], { ...person, personRef: personOf('01') });
    expect(broken(world)).toEqual(['K3', 'K3']);
  });

  it('K4 is noticed broken: an item that belongs to nothing on the ledger', () => {
    const world = stockedWorld();
    const item = world.must(items, 'ci_1');
    world.plant(items, ['ci_1'], { ...item, linkedTo: 'po_none' });
    expect(broken(world)).toEqual(['K4 an item belongs to a business object']);
  });
});

function broken(world: World): string[] {
  return brokenInvariants(invariants, world).map((text) => text.split(':')[0] ?? '');
}
