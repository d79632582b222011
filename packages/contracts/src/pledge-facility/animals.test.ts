import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { liens, onAsset } from '../lien/keys.js';
import { animals, tags } from '../livestock/keys.js';
import {
  act,
  DAY_MS,
  must,
  PEN,
  paper,
  saleTo,
  tagOf,
  withFeed,
} from '../livestock/livestockWorld.js';
import type { World } from '../testkit.js';
import {
  agreedHerd,
  animalItem,
  attestHerd,
  charge,
  onHerd,
  proofTerms,
  yuan,
} from './animalWorld.js';
import { distributions, facilities, saleParts } from './keys.js';

const NAME = 'pledge-facility';
/** 240 kg at 30.00 a kilogram with a tenth off: what an animal of 200 days counts. */
const COUNTS = 648_000n;
/** 60 % of two of them. */
const MOST = (2n * COUNTS * 6n) / 10n;
let world: World;

function on(alias: string, name: string, params: CborMap = {}, others: readonly string[] = []) {
  return onHerd(world, [alias, ...others], name, params);
}

const draw = (minor: bigint) => on('farm', 'draw', { amount: yuan(minor) }, ['lender']).code;
const revalue = () => must(world.submit('stranger', NAME, 'revalue', { id: 'pl_1' }));
const facility = () => world.must(facilities, 'pl_1');
const sell = (id: string) => act(world, ['farm'], 'sell', id, saleTo(world, 'buyer')).code;
const attest = () => attestHerd(world).code;

const count = (alias: string, heads: number) =>
  must(
    world.submit(alias, 'livestock', 'record_count', {
      pen: PEN,
      heads,
      method: 'video',
      evidence: paper,
    }),
  );

function lend(minor: bigint): void {
  world = agreedHerd();
  charge(world, 'an_1', 'an_2');
  expect(attest()).toBe('success');
  expect(draw(minor)).toBe('success');
}

describe('animals as items of a facility', () => {
  it('count by the lender’s curve, the feed and the agreed haircut', () => {
    world = agreedHerd();
    expect(attest()).toBe('item_not_pledged');
    charge(world, 'an_1', 'an_2');
    expect(attest()).toBe('success');
    expect(draw(MOST + 1n)).toBe('ltv_too_high');
    expect(draw(MOST)).toBe('success');
    expect(facility().valuation).toMatchObject({ valueMinor: 2n * COUNTS, itemsCounted: 2 });
  });

  it('A3: a pen whose count is off takes its haircut off the value', () => {
    lend(MOST);
    count('lender', 2);
    revalue();
    const kept = (240n * 3_000n * (10_000n - 1_000n - 3_334n)) / 10_000n;
    expect(facility().valuation?.valueMinor).toBe(2n * kept);
    expect(facility().state).toBe('MARGIN_CALL');
  });

  it('count nothing when they are missing, dead, frozen, uninsured or without a curve', () => {
    lend(MOST);
    const leftOut = () => {
      const { events } = revalue();
      return events.find((event) => event.subject === 'pl_1')?.data.leftOut;
    };
    const animal = world.must(animals, 'an_1');
    const plant = (changes: object) =>
      world.plant(animals, ['an_1'], { ...animal, ...changes } as never);
    plant({ insurance: undefined });
    expect(leftOut()).toEqual([{ asset: 'an_1', reason: 'insurance_missing' }]);
    plant({});
    must(world.submit('court', 'livestock', 'freeze', { id: 'an_1', order: paper }));
    expect(leftOut()).toEqual([{ asset: 'an_1', reason: 'item_is_frozen' }]);
    plant({});
    must(act(world, ['farm'], 'report_missing', 'an_1', { reason: 'gone' }));
    expect(leftOut()).toEqual([{ asset: 'an_1', reason: 'animal_not_in_pen' }]);
    world.plant(animals, ['an_1'], { ...animal, species: 'goat' });
    expect(leftOut()).toEqual([{ asset: 'an_1', reason: 'curve_missing' }]);
  });

  it('control rests on a count by another than the farm and on devices on animal or pen', () => {
    world = agreedHerd({ stocktakeRequired: true, devicesRequired: true });
    charge(world, 'an_1', 'an_2');
    count('farm', 3);
    expect(attest()).toBe('stocktake_missing');
    count('lender', 3);
    expect(attest()).toBe('device_not_bound_to_item');
  });

  it('an ordinary sale frees the buyer (404); the valuation shows what is gone', () => {
    lend(MOST);
    expect(sell('an_1')).toBe('success');
    expect(world.read(onAsset, 'an_1')).toBeUndefined();
    revalue();
    expect(facility()).toMatchObject({ state: 'MARGIN_CALL', valuation: { valueMinor: COUNTS } });
  });

  it('F3: another takes its place only once it is an item, so that the debt stays covered', () => {
    lend(MOST);
    charge(world, 'an_3');
    const swap = () => act(world, ['farm', 'lender'], 'substitute', 'an_1', { by: 'an_3' }).code;
    expect(swap()).toBe('release_would_breach_ltv');
    const added = { id: 'pl_1', item: animalItem('an_3') };
    must(world.agree(['farm', 'supervisor', 'lender'], NAME, 'add_item', added));
    expect(swap()).toBe('success');
    expect(world.read(onAsset, 'an_1')).toBeUndefined();
    revalue();
    expect(facility().valuation?.valueMinor).toBe(2n * COUNTS);
  });
});

describe('the sale of mortgaged animals after default', () => {
  beforeEach(() => {
    lend(MOST);
    count('lender', 2);
    revalue();
    world.advance(3 * DAY_MS);
    withFeed(world);
    must(on('lender', 'fail_cure'));
  });

  it('433 gives a mortgagee no early sale', () => {
    const terms = { method: 'auction', demand: paper, refusal: paper, proceeds: 'deposit' };
    expect(on('lender', 'early_sale', { ...terms, notices: [] }).code).toBe(
      'early_sale_needs_pledge',
    );
  });

  it('the farm’s ordinary sales end, the proceeds are shared, the animal passes to the buyer', () => {
    expect(sell('an_2')).toBe('exit_not_released');
    must(on('lender', 'declare_default', { event: 'cure_failed' }));
    const opening = { method: 'private_sale', pledgorSigns: false, notices: [] };
    must(on('lender', 'open_enforcement', opening));
    const assets = ['an_1', 'an_2'].map((asset) => ({ asset, price: yuan(700_000n) }));
    const sale = { assets, buyer: world.id('buyer'), evidence: paper, complete: true };
    expect(on('lender', 'record_sale', sale).code).toBe('market_reference_missing');
    const marketReference = { kind: 'feed', feed: 'pf_1' };
    must(on('lender', 'record_sale', { ...sale, marketReference }));
    must(act(world, ['farm'], 'report_missing', 'an_2', { reason: 'gone' }));
    const proof = proofTerms(world, 'pp_sale', 1_400_000n, 'buyer');
    must(world.submit('bank', 'payment', 'submit_proof', proof));
    const shared = { id: 'pl_1', sale: 1, proof: 'pp_sale' };
    must(world.submit('stranger', NAME, 'distribute', shared));
    const { lines } = world.must(distributions, ...saleParts('pl_1', 1));
    const paid = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
    expect(paid).toBe(1_400_000n);
    expect(lines.at(-1)).toMatchObject({
      part: 'surplus',
      to: world.id('farm'),
      articles: ['438'],
    });
    expect(world.must(animals, 'an_1')).toMatchObject({
      state: 'SOLD',
      exit: { buyer: world.id('buyer') },
    });
    expect(world.must(tags, tagOf('an_1')).state).toBe('RETIRED');
    expect(world.must(animals, 'an_2').state).toBe('MISSING');
    expect(world.must(liens, 'ln_1').state).toBe('ENFORCED');
    expect(world.must(liens, 'ln_2').state).toBe('ENFORCED');
    expect(facility().state).toBe('CLOSED');
  });

  it('what is frozen or gone is not for sale', () => {
    must(on('lender', 'declare_default', { event: 'cure_failed' }));
    must(on('lender', 'open_enforcement', { method: 'auction', pledgorSigns: false, notices: [] }));
    const record = (asset: string) => {
      const assets = [{ asset, price: yuan(700_000n) }];
      const sale = { assets, buyer: world.id('buyer'), evidence: paper, complete: false };
      return on('lender', 'record_sale', sale).code;
    };
    must(world.submit('court', 'livestock', 'freeze', { id: 'an_1', order: paper }));
    expect(record('an_1')).toBe('object_is_frozen');
    must(act(world, ['farm'], 'report_missing', 'an_2', { reason: 'gone' }));
    expect(record('an_2')).toBe('item_not_for_sale');
    expect(record('an_3')).toBe('item_not_for_sale');
  });
});
