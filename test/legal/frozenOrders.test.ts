import { lots } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { accepted, charge, digestOf, goodsWorld, lienOf, ref, store, tons } from '../goodsWorld.js';

/** What a court's order on a lot stops, whichever contract has the command (domain R11). */
let world: World;
const mortgage = { class: 'MORTGAGE', asset: { kind: 'lot', id: 'lt_1' } };

beforeEach(() => {
  world = goodsWorld();
  store(world, 'lt_1', 1_000n);
  accepted(charge(world, 'ln_1', 'bank', mortgage));
});

describe('R11: a frozen lot', () => {
  it('is not charged, and the liens on it are neither widened, given up nor enforced', () => {
    order('freeze');
    expect(all()).toEqual({
      create: 'object_is_frozen',
      amend: 'object_is_frozen',
      release: 'object_is_frozen',
      enforce: 'object_is_frozen',
    });
    order('unfreeze');
    expect(onLien('release')).toBe('success');
  });

  it('takes in no goods and passes into nobody’s hands', () => {
    order('freeze');
    const weighing = digestOf('one more');
    const more = { id: 'lt_1', quantity: tons(1n), weighing, slots: [] };
    expect(world.submit('keeper', 'warehouse-receipt', 'gate_in', more).code).toBe(
      'object_is_frozen',
    );
    const given = { id: 'lt_1', receiver: world.id('keeper2'), expectedVersion: 0 };
    const code = () => world.submit('keeper', 'trace', 'hand_over', given).code;
    expect(code()).toBe('object_is_frozen');
    order('unfreeze');
    expect(world.submit('keeper', 'warehouse-receipt', 'gate_in', more).code).toBe('success');
    expect(code()).toBe('success');
  });

  it('goes on by the word of whose order it is, and of no other', () => {
    order('freeze');
    const params = { id: 'lt_1', order: ref };
    const lift = (alias: string) =>
      world.submit(alias, 'warehouse-receipt', 'unfreeze', params).code;
    expect(lift('regulator')).toBe('signer_not_party_to_object');
    expect(lift('court')).toBe('success');
  });

  it('but evidence goes on: what the register knows is recorded', () => {
    order('freeze');
    const publicity = {
      kind: 'registration',
      registrationNo: 'N-1',
      registeredAt: world.nowMs(),
      registryValidTo: 90_000,
    };
    const recorded = world.submit('registry', 'lien', 'record_publicity', {
      id: 'ln_1',
      publicity,
    });
    expect(recorded.code).toBe('success');
  });
});

function order(name: 'freeze' | 'unfreeze'): void {
  const params = { id: 'lt_1', order: ref };
  accepted(world.submit('court', 'warehouse-receipt', name, params));
  expect(world.must(lots, 'lt_1').frozen !== undefined).toBe(name === 'freeze');
}

function onLien(name: string, params = {}): string {
  const { version: expectedVersion } = lienOf(world, 'ln_1');
  return world.submit('bank', 'lien', name, { id: 'ln_1', expectedVersion, ...params }).code;
}

function all() {
  const less = { securedMax: { minor: 1n, currency: 'CNY' }, consents: [] };
  return {
    create: charge(world, 'ln_2', 'bank2', mortgage).code,
    amend: onLien('amend', less),
    release: onLien('release'),
    enforce: onLien('enforce', { evidence: ref }),
  };
}
