import { beforeEach, describe, expect, it } from 'vitest';
import { liens } from '../lien/keys.js';
import { facilities } from '../pledge-facility/keys.js';
import {
  accepted,
  draw,
  emptyWorld,
  establishedWorld,
  facilityTerms,
  item,
  liensOn,
  ref,
  withAgreement,
  withFeed,
  withLot,
  withPledge,
  withProof,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { receipts } from './keys.js';

const NAME = 'warehouse-receipt';
const SIGNERS = ['holder', 'bank', 'keeper'];

function agreedWorld(lot = {}): World {
  const world = emptyWorld();
  withLot(world, 'lt_oil', 240_000n, lot);
  withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
  withFeed(world);
  withAgreement(world);
  return world;
}

const pledge = (extra = {}) => ({
  id: 'wr_oil',
  expectedVersion: 1,
  facility: 'pl_oil',
  affiliationAccepted: false,
  ...extra,
});

describe('pledge', () => {
  let world: World;
  const code = (alias: string, extra = {}) =>
    world.submit(alias, NAME, 'pledge', pledge(extra)).code;

  beforeEach(() => {
    world = agreedWorld();
  });

  it('E3: makes the one exclusive lien in the same transaction', () => {
    const outcome = accepted(world.agree(SIGNERS, NAME, 'pledge', pledge()));
    expect(outcome.events.map((event) => event.type)).toEqual([
      'pending.completed',
      'lien.created',
      'receipt.pledged',
    ]);
    const receipt = world.must(receipts, 'wr_oil');
    expect(receipt).toMatchObject({ state: 'PLEDGED', facility: 'pl_oil', version: 2 });
    expect(liensOn(world, 'wr_oil')).toEqual([receipt.lien]);
    expect(world.must(liens, receipt.lien ?? '')).toMatchObject({
      class: 'PLEDGE_RECEIPT',
      exclusive: true,
      state: 'PROPOSED',
      grantor: world.id('holder'),
      holder: world.id('bank'),
      debtRef: 'pl_oil',
      securedMax: { minor: 500_000_000n, currency: 'USD' },
    });
  });

  it('Civil Code 442: a receipt that ends before the debt is flagged', () => {
    world = emptyWorld();
    withLot(world, 'lt_oil', 240_000n);
    withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
    withFeed(world);
    const { maturity } = facilityTerms(world);
    withAgreement(world, { maturity: Number(maturity) + 100 });
    const outcome = accepted(world.agree(SIGNERS, NAME, 'pledge', pledge()));
    const pledged = outcome.events.find((event) => event.type === 'receipt.pledged');
    expect(pledged?.data.flags).toEqual(['term_mismatch']);
  });

  it('never pledges one receipt twice, whoever asks', () => {
    withPledge(world, 'wr_oil');
    const again = pledge({ expectedVersion: 2 });
    expect(world.submit('holder', NAME, 'pledge', again).code).toBe('asset_already_encumbered');
    expect(code('holder', { facility: 'pl_other' })).toBe('asset_already_encumbered');
  });

  it('431, 434: the lender cannot pledge on what is pledged to it', () => {
    withPledge(world, 'wr_oil');
    const again = pledge({ expectedVersion: 2 });
    expect(world.submit('bank', NAME, 'pledge', again).code).toBe('signer_not_party_to_object');
  });

  it('a second pledge waits while the first has not all its signatures', () => {
    accepted(world.submit('holder', NAME, 'pledge', pledge()));
    expect(code('holder')).toBe('object_has_pending_command');
    accepted(world.submit('bank', NAME, 'reject', { id: 'wr_oil', pendingId: 'pledge-1' }));
    expect(code('holder')).toBe('success');
  });

  it('refuses strangers, unknown and unfit facilities, stale versions', () => {
    expect(code('holder', { id: 'wr_none' })).toBe('object_not_found');
    expect(code('buyer')).toBe('signer_not_party_to_object');
    expect(code('holder', { expectedVersion: 7 })).toBe('object_version_is_stale');
    expect(code('holder', { facility: 'pl_none' })).toBe('reference_not_found');
    const other = facilityTerms(world, { id: 'pl_new', items: [item('wr_oil')] });
    accepted(world.agree(['holder', 'bank'], 'pledge-facility', 'apply', other));
    expect(code('holder', { facility: 'pl_new' })).toBe('facility_not_open');
    const transfer = { id: 'wr_oil', expectedVersion: 1, to: world.id('buyer') };
    accepted(world.agree(['holder', 'buyer', 'keeper'], NAME, 'transfer', transfer));
    expect(code('buyer', { expectedVersion: 2 })).toBe('pledgor_is_not_holder');
  });

  it('refuses a receipt that is closed', () => {
    const cancel = { id: 'wr_oil', expectedVersion: 1 };
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', cancel));
    expect(code('holder', { expectedVersion: 2 })).toBe('receipt_not_free');
  });

  it('L1: refuses goods whose earlier stage backs a claim', () => {
    world = agreedWorld({ lineage: ['lt_earlier'] });
    const owner = world.id('holder');
    withLot(world, 'lt_earlier', 10n, { owner, mode: 'identified' });
    const charge = {
      id: 'ln_earlier',
      asset: { kind: 'lot', id: 'lt_earlier' },
      class: 'PLEDGE_GOODS',
      holder: world.id('bank'),
      securedMax: { minor: 1_000n, currency: 'USD' },
      debtRef: 'pl_oil',
      titlePassesOnDefault: false,
      junior: false,
    };
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge));
    expect(code('holder')).toBe('already_financed');
  });

  it('E6: a keeper close to the pledgor must be accepted by the lender', () => {
    const relation = {
      id: world.id('keeper'),
      other: world.id('holder'),
      kind: 'common_control',
      evidence: ref,
    };
    accepted(world.submit('keeper', 'party-registry', 'declare_affiliation', relation));
    expect(code('holder')).toBe('affiliation_not_accepted');
    accepted(world.agree(SIGNERS, NAME, 'pledge', pledge({ affiliationAccepted: true })));
  });
});

describe('release', () => {
  let world: World;
  const release = (extra = {}) => ({ id: 'wr_oil', expectedVersion: 2, ...extra });
  const code = (alias: string, extra = {}) =>
    world.submit(alias, NAME, 'release', release(extra)).code;

  beforeEach(() => {
    world = establishedWorld();
  });

  it('frees the receipt and ends its lien', () => {
    const outcome = accepted(world.submit('bank', NAME, 'release', release()));
    expect(outcome.events.map((event) => event.type)).toEqual([
      'receipt.released',
      'lien.released',
    ]);
    const receipt = world.must(receipts, 'wr_oil');
    expect(receipt).toMatchObject({ state: 'FREE', version: 3 });
    expect(receipt.lien).toBeUndefined();
    expect(liensOn(world, 'wr_oil')).toEqual([]);
  });

  it('refuses what it must, in the documented order', () => {
    withReceipt(world, 'wr_free', 'lt_oil', 1n);
    expect(code('bank', { id: 'wr_none' })).toBe('object_not_found');
    expect(code('bank', { id: 'wr_free' })).toBe('receipt_not_pledged');
    expect(code('bank2')).toBe('signer_not_party_to_object');
    expect(code('holder')).toBe('signer_not_party_to_object');
    expect(code('bank', { expectedVersion: 9 })).toBe('object_version_is_stale');
    accepted(draw(world, 100n));
    expect(code('bank')).toBe('release_would_breach_ltv');
    accepted(world.submit('court', NAME, 'freeze', { id: 'wr_oil', order: ref }));
    expect(code('bank')).toBe('object_is_frozen');
  });

  it('waits while another command on the receipt waits', () => {
    const transfer = { id: 'wr_oil', expectedVersion: 2, to: world.id('buyer') };
    accepted(world.submit('holder', NAME, 'transfer', transfer));
    expect(code('bank')).toBe('object_has_pending_command');
  });

  it('Civil Code 393: once the facility is paid and closed, the holder may release', () => {
    accepted(draw(world, 100n));
    accepted(world.submit('court', NAME, 'freeze', { id: 'wr_oil', order: ref }));
    withProof(world, 'pp_1', 100n);
    accepted(world.submit('holder', 'pledge-facility', 'repay', { id: 'pl_oil', proof: 'pp_1' }));
    const { version } = world.must(facilities, 'pl_oil');
    const close = { id: 'pl_oil', expectedVersion: version };
    accepted(world.submit('bank', 'pledge-facility', 'repay_and_release', close));
    expect(world.must(receipts, 'wr_oil').state).toBe('PLEDGED');
    accepted(world.submit('court', NAME, 'unfreeze', { id: 'wr_oil', order: ref }));
    expect(code('holder', { expectedVersion: 4 })).toBe('success');
  });
});
