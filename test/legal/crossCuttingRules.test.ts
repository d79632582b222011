import { allContracts } from '@triflow/contracts';
import { lots, receipts } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import { commonStatusCodes } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  charge,
  DAY_MS,
  digestOf,
  facility,
  goodsWorld,
  HOUR_MS,
  issue,
  issueOf,
  lienOf,
  orderOf,
  pledge,
  register,
  store,
  tons,
  yuan,
} from '../goodsWorld.js';

/** Rules that hold in every contract (domain section 2), each shown on goods of one keeper. */
const NAME = 'warehouse-receipt';
let world: World;

const transfer = (extra = {}) => ({
  id: 'wr_1',
  expectedVersion: 1,
  to: world.id('buyer'),
  ...extra,
});
const withdrawal = () => ({
  id: 'wr_1',
  expectedVersion: 1,
  quantity: tons(100n),
  vehicle: 'V',
  driverRef: digestOf('d'),
  validTo: world.nowMs() + HOUR_MS,
});
const code = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;

beforeEach(() => {
  world = goodsWorld();
  store(world, 'lt_1', 1_000n);
  issue(world, 'wr_1', 'lt_1', 100n);
});

describe('numbers', () => {
  it('R1: a fraction is no number of the ledger', () => {
    const half = { ...issueOf(world, 'wr_2', 'lt_1', 1n), quantity: { ...tons(1n), scale: 0.5 } };
    expect(() => world.submit('keeper', NAME, 'issue', half)).toThrow();
  });

  it('R3: nothing is converted, nothing rounded, and nothing below one unit moves', () => {
    const more = (quantity: object) => ({ ...issueOf(world, 'wr_2', 'lt_1', 1n), quantity });
    expect(code('keeper', 'issue', more({ ...tons(1n), unit: 'KGM' }))).toBe('unit_does_not_match');
    expect(code('keeper', 'issue', more({ ...tons(1n), scale: 3 }))).toBe(
      'quantity_has_too_many_decimals',
    );
    expect(code('keeper', 'issue', more(tons(0n)))).toBe('amount_must_be_positive');
  });
});

describe('time, versions and signatures', () => {
  it('R5: a token past its time opens no gate, though nobody sent its expiry', () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdrawal()));
    world.advance(HOUR_MS);
    expect(world.must(receipts, 'wr_1').token).toBe(1);
    const out = { id: 'wr_1', token: 1, weighed: tons(100n), weighing: digestOf('out') };
    expect(code('keeper', 'gate_out', out)).toBe('deadline_has_passed');
  });

  it('R5: the time that the register names ranks; equal times share', async () => {
    store(world, 'lt_2', 100n);
    const asset = { kind: 'lot', id: 'lt_2' };
    for (const id of ['ln_a', 'ln_b', 'ln_c']) accepted(charge(world, id, 'bank', { asset }));
    const filedMs = world.nowMs();
    world.advance(HOUR_MS);
    register(world, 'ln_a');
    for (const id of ['ln_c', 'ln_b']) register(world, id, 1_000, filedMs);
    expect(lienOf(world, 'ln_b').publicity.registeredAt).toBe(filedMs);
    expect(await orderOf(world, 'lt_2')).toEqual([['ln_b', 'ln_c'], ['ln_a']]);
  });

  it('R7: a command on terms that have changed since is stale', () => {
    const parts = ['wr_2', 'wr_3'].map((id) => ({ id, quantity: tons(50n), pieces: 0 }));
    const stale = { id: 'wr_1', expectedVersion: 2, parts };
    expect(code('holder', 'split', stale)).toBe('object_version_is_stale');
    expect(code('holder', 'split', { ...stale, expectedVersion: 1 })).toBe('success');
  });

  it('R8: the commands of a transaction take effect together or not at all', () => {
    const before = world.fingerprint();
    const good = { contract: NAME, name: 'issue', params: issueOf(world, 'wr_2', 'lt_1', 10n) };
    const bad = { contract: NAME, name: 'issue', params: issueOf(world, 'wr_3', 'lt_1', 9_999n) };
    expect(world.submitAll('keeper', [good, bad]).code).toBe('lot_quantity_exceeded');
    expect(world.fingerprint()).toBe(before);
    expect(world.submitAll('keeper', [good]).code).toBe('success');
  });

  it('R9: signatures come in their order, and a refusal puts the former record back', () => {
    const before = world.must(receipts, 'wr_1');
    const opened = accepted(world.submit('holder', NAME, 'transfer', transfer()));
    const first = opened.events.find(({ type }) => type === 'pending.opened')?.data.pendingId;
    const pending = { id: 'wr_1', pendingId: String(first) };
    expect(world.must(receipts, 'wr_1').state).toBe('TRANSFER_PENDING');
    expect(code('keeper', 'countersign', pending)).toBe('not_your_turn_to_sign');
    expect(code('bank', 'countersign', pending)).toBe('signer_not_party_to_object');
    expect(code('bank', 'expire_pending', pending)).toBe('deadline_not_reached');
    expect(code('buyer', 'reject', pending)).toBe('success');
    expect(world.must(receipts, 'wr_1')).toEqual(before);
    const again = accepted(world.submit('holder', NAME, 'transfer', transfer()));
    const next = again.events.find(({ type }) => type === 'pending.opened')?.data.pendingId;
    world.advance(3 * DAY_MS);
    const late = { id: 'wr_1', pendingId: String(next) };
    expect(code('buyer', 'countersign', late)).toBe('deadline_has_passed');
    expect(code('bank', 'expire_pending', late)).toBe('success');
    expect(world.must(receipts, 'wr_1')).toEqual(before);
  });
});

describe('records', () => {
  it('R10: what was replaced stays and is named by what replaces it', () => {
    const parts = ['wr_2', 'wr_3'].map((id) => ({ id, quantity: tons(50n), pieces: 0 }));
    const split = { id: 'wr_1', expectedVersion: 1, parts };
    accepted(world.agree(['holder', 'keeper'], NAME, 'split', split));
    expect(world.must(receipts, 'wr_1')).toMatchObject({
      state: 'SPLIT',
      quantity: tons(100n),
      children: ['wr_2', 'wr_3'],
    });
    expect(world.must(receipts, 'wr_2').parents).toEqual(['wr_1']);
  });

  it('R12: an accepted command tells object, version and what changed; a refused one nothing', () => {
    const outcome = world.submit('keeper', NAME, 'state_fee', { id: 'wr_1', due: yuan(5n) });
    expect(outcome.events).toMatchObject([
      { type: 'receipt.fee_stated', subject: 'wr_1', data: { version: 2, due: yuan(5n) } },
    ]);
    expect(world.must(receipts, 'wr_1').version).toBe(2);
    const refused = world.submit('buyer', NAME, 'state_fee', { id: 'wr_1', due: yuan(5n) });
    expect(refused.events).toEqual([]);
  });

  it('R13: common numbers lie below 100, a contract’s own from there, each once', () => {
    const common = Object.values(commonStatusCodes);
    expect(new Set(common).size).toBe(common.length);
    expect(common.every((number) => number < 100)).toBe(true);
    for (const { name, statusCodes } of allContracts) {
      const own = Object.values(statusCodes);
      expect(new Set(own).size, name).toBe(own.length);
      expect(
        own.every((number) => number >= 100),
        name,
      ).toBe(true);
      const shared = Object.keys(statusCodes).filter((one) =>
        Object.hasOwn(commonStatusCodes, one),
      );
      expect(shared, name).toEqual([]);
    }
  });
});

describe('动产和权利担保统一登记办法 2: what the register takes, and for how long', () => {
  const asset = { kind: 'lot', id: 'lt_2' };

  beforeEach(() => {
    store(world, 'lt_2', 100n);
  });

  it.each(['MORTGAGE', 'PURCHASE_MONEY', 'TITLE_RETENTION', 'FINANCE_LEASE'])(
    'a lien of class %s on goods, with its number and time',
    (kind) => {
      accepted(charge(world, 'ln_a', 'bank', { class: kind, asset }));
      register(world, 'ln_a');
      expect(lienOf(world, 'ln_a').publicity.registrationNo).toBe('N-ln-a');
    },
  );

  it('the pledge of a receipt', () => {
    facility(world, 'wr_1');
    accepted(pledge(world, 'wr_1'));
    const { lien = '' } = world.must(receipts, 'wr_1');
    register(world, lien);
    expect(lienOf(world, lien).state).toBe('EFFECTIVE');
  });

  it('a filing whose term is over ranks as none', async () => {
    accepted(charge(world, 'ln_a', 'bank', { asset }));
    register(world, 'ln_a', 1);
    accepted(charge(world, 'ln_b', 'bank2', { asset }));
    world.advance(HOUR_MS);
    register(world, 'ln_b');
    expect(await orderOf(world, 'lt_2')).toEqual([['ln_a'], ['ln_b']]);
    world.advance(2 * DAY_MS);
    world.submit('keeper', NAME, 'state_fee', { id: 'wr_1', due: yuan(1n) });
    expect(await orderOf(world, 'lt_2')).toEqual([['ln_b'], ['ln_a']]);
  });
});

describe('Interp. 68: sale and buy-back as security', () => {
  it('the goods handed to the lender in form are not its own: refused, the holder stays', () => {
    facility(world, 'wr_1');
    accepted(pledge(world, 'wr_1'));
    const { version } = world.must(receipts, 'wr_1');
    const sold = transfer({ expectedVersion: version, to: world.id('bank') });
    expect(code('holder', 'transfer', sold)).toBe('forfeiture_forbidden');
    expect(world.must(receipts, 'wr_1').holder).toBe(world.id('holder'));
  });

  it('title kept to secure a price gives priority, and no clause passes title on default', () => {
    store(world, 'lt_2', 100n);
    const asset = { kind: 'lot', id: 'lt_2' };
    const kept = { class: 'TITLE_RETENTION', asset, deliveredOn: 20_000 };
    const ours = { ...kept, titlePassesOnDefault: true };
    expect(charge(world, 'ln_a', 'bank', ours).code).toBe('forfeiture_clause_forbidden');
    accepted(charge(world, 'ln_a', 'bank', { class: 'MORTGAGE', asset }));
    expect(lienOf(world, 'ln_a').holder).toBe(world.id('bank'));
    expect(world.must(lots, 'lt_2').owner).toBe(world.id('holder'));
  });
});
