import { dayFromTime } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { liens, onAsset } from '../lien/keys.js';
import { alerts, assetAlerts } from '../monitoring/keys.js';
import type { World } from '../testkit.js';
import { livestock } from './index.js';
import { weightAt } from './internal.js';
import { animals, curves, herds, pens, tags } from './keys.js';
import {
  act,
  DAY_MS,
  livestockWorld,
  mortgage,
  must,
  muzzleOf,
  PEN,
  PEN2,
  paper,
  penned,
  register,
  saleTo,
  setCurve,
  tagOf,
  withFeed,
} from './livestockWorld.js';
import { statusCodes } from './statusCodes.js';

const reach = createReach();
const start = () => reach.watch(livestockWorld());

afterAll(() => {
  expect(reach.missing('livestock', statusCodes)).toEqual([]);
});

describe('entry', () => {
  it('A4: an animal is registered once while it lives or has died; sold, by its new farm', () => {
    const world = start();
    const same = { biometricHash: muzzleOf('an_1') };
    expect(register(world, 'an_1', {}, 'vet').code).toBe('signer_lacks_role');
    expect(register(world, 'an_1', { born: dayFromTime(world.nowMs()) + 1 }).code).toBe(
      'born_in_future',
    );
    penned(world, 'an_1');
    expect(register(world, 'an_1').code).toBe('id_already_exists');
    expect(register(world, PEN).code).toBe('id_already_exists');
    expect(register(world, 'an_2', same, 'farm2').code).toBe('animal_already_registered');
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'farm2')));
    expect(register(world, 'an_2', same, 'farm2').code).toBe('success');
    const policy = { policy: 'P', validTo: dayFromTime(world.nowMs()) };
    const wrong = { insurance: { ...policy, insurer: world.id('vet') } };
    expect(register(world, 'an_3', wrong).code).toBe('reference_not_found');
    const ended = { insurance: { ...policy, insurer: world.id('insurer'), validTo: 10 } };
    expect(register(world, 'an_3', ended).code).toBe('deadline_has_passed');
  });

  it('A1: a tag serves one animal, and a retired one never again', () => {
    const world = start();
    const vet = world.id('vet');
    penned(world, 'an_1');
    register(world, 'an_2');
    const bind = (tag: string, changes: object = {}, who = ['farm', 'vet']) =>
      act(world, who, 'bind_tag', 'an_2', { tag, vet, ...changes }).code;
    expect(bind('CN-0002', {}, ['farm2'])).toBe('signer_not_party_to_object');
    expect(bind('CN-0002', { expectedVersion: 9 }, ['farm'])).toBe('object_version_is_stale');
    expect(bind('CN-0002', { vet: world.id('farm') }, ['farm'])).toBe('parties_must_differ');
    expect(bind('CN-0002', { vet: world.id('buyer') }, ['farm'])).toBe('reference_not_found');
    expect(bind(tagOf('an_1'))).toBe('tag_is_bound');
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')));
    expect(world.must(tags, tagOf('an_1')).state).toBe('RETIRED');
    expect(bind(tagOf('an_1'))).toBe('tag_is_retired');
    expect(bind('CN-0002')).toBe('success');
    expect(act(world, ['farm'], 'bind_tag', 'an_none', { tag: 'CN-9999', vet }).code).toBe(
      'object_not_found',
    );
  });

  it('pens are of farms, and animals are placed in their own', () => {
    const world = start();
    const open = (alias: string, id: string, toleranceBps = 100) =>
      world.submit(alias, 'livestock', 'open_pen', { id, name: 'x', toleranceBps }).code;
    expect(open('vet', 'an_p')).toBe('signer_lacks_role');
    expect(open('farm', PEN)).toBe('id_already_exists');
    expect(open('farm', 'an_p', 10_001)).toBe('amount_out_of_range');
    expect(open('farm2', 'an_p2')).toBe('success');
    register(world, 'an_1');
    const vet = world.id('vet');
    const place = (pen: string) => act(world, ['farm', 'vet'], 'place', 'an_1', { pen, vet }).code;
    expect(place(PEN)).toBe('state_forbids_command');
    must(act(world, ['farm', 'vet'], 'bind_tag', 'an_1', { tag: 'CN-0001', vet }));
    expect(place('an_p2')).toBe('reference_not_found');
    expect(place(PEN)).toBe('success');
    expect(place(PEN)).toBe('state_forbids_command');
    expect(place(PEN2)).toBe('success');
    expect(world.must(pens, PEN).heads).toBe(0);
    expect(world.must(pens, PEN2).heads).toBe(1);
  });

  it('retag: evidence of tampering, the vet, and the lender of a mortgaged animal', () => {
    const world = start();
    penned(world, 'an_1');
    const vet = world.id('vet');
    const params = { tag: 'CN-0099', vet, tamperEvidence: paper };
    const retag = (who: readonly string[], changes: object = {}) =>
      act(world, who, 'retag', 'an_1', { ...params, ...changes }).code;
    expect(retag(['farm2'])).toBe('signer_not_party_to_object');
    expect(retag(['farm'], { tamperEvidence: undefined })).toBe('tamper_evidence_missing');
    expect(retag(['farm', 'vet'])).toBe('success');
    expect(world.must(tags, tagOf('an_1')).state).toBe('RETIRED');
    must(mortgage(world, ['an_1']));
    expect(retag(['farm', 'vet'], { tag: 'CN-0100' })).toBe('success');
    expect(world.must(animals, 'an_1').tag).toBe('CN-0099');
    expect(world.countersign('lender', 'livestock', 'an_1').code).toBe('success');
    expect(world.must(animals, 'an_1').tag).toBe('CN-0100');
  });
});

describe('a mortgage', () => {
  it('charges animals in pens to a lender, one lien on each', () => {
    const world = start();
    penned(world, 'an_1');
    penned(world, 'an_2');
    register(world, 'an_3');
    const charge = (ids: string[], changes: object = {}, who = ['farm', 'lender']) =>
      mortgage(world, ids, changes as never, who).code;
    expect(charge(['an_none'])).toBe('object_not_found');
    expect(charge(['an_1'], {}, ['farm2'])).toBe('signer_not_party_to_object');
    expect(charge(['an_3'])).toBe('state_forbids_command');
    expect(charge(['an_1', 'an_1'])).toBe('id_already_exists');
    expect(charge(['an_1'], { lender: world.id('buyer') })).toBe('reference_not_found');
    expect(charge(['an_1'], { titlePassesOnDefault: true })).toBe('forfeiture_clause_forbidden');
    const nothing = { securedMax: { minor: 0n, currency: 'CNY' } };
    expect(charge(['an_1'], nothing)).toBe('amount_must_be_positive');
    expect(charge(['an_1'])).toBe('success');
    expect(world.must(onAsset, 'an_1').liens).toHaveLength(1);
    expect(world.must(liens, 'ln_1')).toMatchObject({
      class: 'MORTGAGE',
      grantor: world.id('farm'),
      holder: world.id('lender'),
    });
    expect(charge(['an_1'])).toBe('id_already_exists');
    const again = { animals: [{ id: 'an_1', lien: 'ln_other' }] };
    expect(charge([], again)).toBe('asset_already_encumbered');
    expect(charge(['an_2'], { ordinarySalesPerDay: 9 })).toBe('mortgage_terms_differ');
    expect(charge(['an_2'])).toBe('success');
  });

  it('exit: the lender releases, an animal takes its place, or an ordinary sale of the day', () => {
    const world = start();
    for (const id of ['an_1', 'an_2', 'an_3', 'an_4']) penned(world, id);
    must(mortgage(world, ['an_1', 'an_2', 'an_3', 'an_4']));
    const sell = (id: string, to = 'buyer') =>
      act(world, ['farm'], 'sell', id, saleTo(world, to)).code;
    const cull = (id: string) =>
      act(world, ['farm'], 'cull', id, { reason: 'lame', evidence: paper }).code;
    expect(cull('an_1')).toBe('exit_not_released');
    const evidence = {
      id: world.id('farm'),
      other: world.id('stranger'),
      kind: 'family',
      evidence: paper,
    };
    must(world.submit('farm', 'party-registry', 'declare_affiliation', evidence));
    expect(sell('an_1', 'stranger')).toBe('exit_not_released');
    world.plant(assetAlerts, [PEN], { open: 1, openCritical: 1, critical: ['al_1'] });
    expect(sell('an_1')).toBe('critical_alert_open');
    world.plant(assetAlerts, [PEN], { open: 0, openCritical: 0, critical: [] });
    expect(sell('an_1', 'farm')).toBe('parties_must_differ');
    expect(sell('an_1')).toBe('success');
    expect(world.read(onAsset, 'an_1')).toBeUndefined();
    expect(sell('an_2')).toBe('exit_not_released');
    const swap = (id: string, by: string, who = ['farm', 'lender']) =>
      act(world, who, 'substitute', id, { by }).code;
    penned(world, 'an_5');
    expect(swap('an_2', 'an_5')).toBe('substitute_not_mortgaged');
    expect(swap('an_2', 'an_none')).toBe('reference_not_found');
    must(mortgage(world, ['an_5']));
    expect(swap('an_2', 'an_5', ['farm2'])).toBe('signer_not_party_to_object');
    expect(swap('an_2', 'an_5')).toBe('success');
    expect(cull('an_2')).toBe('success');
    const { version } = world.must(liens, 'ln_3');
    const released = { id: 'ln_3', expectedVersion: version };
    must(world.submit('lender', 'lien', 'release', released));
    expect(sell('an_3')).toBe('success');
    world.advance(DAY_MS);
    expect(sell('an_4')).toBe('success');
  });
});

describe('the price of an ordinary sale', () => {
  /** 200 days old: 240 kg at 30.00 are 7,200.00 by the lender's curve and feed. */
  const WORTH = 720_000n;
  const sellAt = (world: World, minor: bigint, currency = 'CNY') => {
    const price = { minor, currency };
    return act(world, ['farm'], 'sell', 'an_1', { ...saleTo(world, 'buyer'), price }).code;
  };
  const priced = () => {
    const world = start();
    penned(world, 'an_1');
    withFeed(world);
    must(setCurve(world));
    must(mortgage(world, ['an_1']));
    return world;
  };

  it('below 70 % of what the animal is worth it frees nobody (CI 42, Interp. 56)', () => {
    const world = priced();
    const least = (WORTH * 7n) / 10n;
    expect(sellAt(world, least - 1n)).toBe('exit_not_released');
    expect(sellAt(world, least, 'USD')).toBe('exit_not_released');
    expect(world.must(animals, 'an_1').state).toBe('IN_PEN');
    expect(sellAt(world, least)).toBe('success');
    expect(world.read(onAsset, 'an_1')).toBeUndefined();
  });

  it('without a fresh price nothing is known against it, and who owes nothing asks any price', () => {
    const stale = priced();
    stale.advance(2 * DAY_MS);
    expect(sellAt(stale, 1n)).toBe('success');
    const free = start();
    penned(free, 'an_1');
    withFeed(free);
    must(setCurve(free));
    expect(sellAt(free, 1n)).toBe('success');
  });
});

describe('exits', () => {
  it('death: tag, photo and inspection; the insurer signs, or a vet for the uninsured', () => {
    const world = start();
    penned(world, 'an_1');
    const whole = { tag: tagOf('an_1'), photo: paper, inspection: paper };
    const die = (params: object, who = ['farm', 'insurer'], id = 'an_1') =>
      act(world, who, 'report_death', id, params as never).code;
    expect(die(whole, ['farm2'])).toBe('signer_not_party_to_object');
    for (const gone of ['tag', 'photo', 'inspection']) {
      expect(die({ ...whole, [gone]: undefined })).toBe('death_evidence_missing');
    }
    expect(die({ ...whole, tag: 'CN-7777' })).toBe('death_evidence_missing');
    expect(die(whole)).toBe('success');
    expect(world.must(animals, 'an_1').state).toBe('DEAD');
    expect(register(world, 'an_9', { biometricHash: muzzleOf('an_1') }).code).toBe(
      'animal_already_registered',
    );
    must(register(world, 'an_2', { insurance: undefined }));
    const vet = world.id('vet');
    must(act(world, ['farm', 'vet'], 'bind_tag', 'an_2', { tag: tagOf('an_2'), vet }));
    must(act(world, ['farm', 'vet'], 'place', 'an_2', { pen: PEN, vet }));
    const other = { ...whole, tag: tagOf('an_2') };
    expect(die(other, ['farm'], 'an_2')).toBe('insurer_must_sign');
    expect(die({ ...other, vet }, ['farm', 'vet'], 'an_2')).toBe('success');
  });

  it('missing and found again by its biometric hash', () => {
    const world = start();
    penned(world, 'an_1');
    const vet = world.id('vet');
    const gone = (alias: string) =>
      act(world, [alias], 'report_missing', 'an_1', { reason: 'fence' }).code;
    const found = (biometricHash: string) =>
      act(world, ['farm', 'vet'], 'report_found', 'an_1', { biometricHash, vet }).code;
    expect(gone('farm2')).toBe('signer_not_party_to_object');
    expect(gone('farm')).toBe('success');
    expect(world.must(herds, world.id('farm'))).toMatchObject({
      inPens: 0,
      missing: 1,
      headsIn: 1,
    });
    expect(found(muzzleOf('an_2'))).toBe('biometric_differs');
    expect(found(muzzleOf('an_1'))).toBe('success');
  });

  it('A2: heads in = in pens + sold + dead + culled + missing', async () => {
    const world = start();
    for (const id of ['an_1', 'an_2', 'an_3', 'an_4', 'an_5']) penned(world, id);
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')));
    must(act(world, ['farm'], 'cull', 'an_2', { reason: 'lame', evidence: paper }));
    must(act(world, ['farm'], 'report_missing', 'an_3', { reason: 'gone' }));
    const death = { tag: tagOf('an_4'), photo: paper, inspection: paper };
    must(act(world, ['farm', 'insurer'], 'report_death', 'an_4', death));
    const { data } = await ask(world, livestock, 'herd', { farm: world.id('farm') });
    const herd = { headsIn: 5, inPens: 1, sold: 1, culled: 1, missing: 1, dead: 1 };
    expect(data).toMatchObject({
      herd,
      pens: [
        { id: PEN, heads: 1 },
        { id: PEN2, heads: 0 },
      ],
    });
  });

  it('R11: an order stops an animal until it is lifted by who gave it', () => {
    const world = start();
    penned(world, 'an_1');
    const order = (name: string, alias = 'court', id = 'an_1') =>
      world.submit(alias, 'livestock', name, { id, order: paper }).code;
    expect(order('freeze', 'farm')).toBe('signer_lacks_role');
    expect(order('freeze', 'court', 'an_none')).toBe('object_not_found');
    expect(order('unfreeze')).toBe('state_forbids_command');
    expect(order('freeze')).toBe('success');
    expect(order('freeze')).toBe('object_is_frozen');
    expect(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')).code).toBe(
      'object_is_frozen',
    );
    expect(mortgage(world, ['an_1']).code).toBe('object_is_frozen');
    expect(order('unfreeze', 'regulator')).toBe('signer_not_party_to_object');
    expect(order('unfreeze')).toBe('success');
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')));
    expect(order('freeze')).toBe('state_forbids_command');
  });
});

describe('counts and values', () => {
  it('A3: a count off tolerance raises COUNT_MISMATCH and takes a haircut', async () => {
    const world = start();
    for (let i = 1; i <= 4; i += 1) penned(world, `an_${i}`);
    const count = (alias: string, heads: number, pen = PEN) =>
      world.submit(alias, 'livestock', 'record_count', {
        pen,
        heads,
        method: 'video',
        evidence: paper,
      }).code;
    expect(count('buyer', 4)).toBe('signer_lacks_role');
    expect(count('vet', 4, 'an_none')).toBe('object_not_found');
    expect(count('farm2', 4)).toBe('signer_not_party_to_object');
    expect(count('lender', 4)).toBe('success');
    expect(world.records(alerts)).toEqual([]);
    expect(count('lender', 3)).toBe('success');
    expect(world.must(pens, PEN).haircutBps).toBe(2_500);
    expect(world.records(alerts)).toMatchObject([{ kind: 'COUNT_MISMATCH', asset: PEN }]);
    expect(count('farm', 4)).toBe('success');
    expect(world.must(pens, PEN).haircutBps).toBe(2_500);
    expect(count('lender', 4)).toBe('success');
    expect(world.must(pens, PEN).haircutBps).toBe(0);
    expect(world.records(alerts)[0]?.state).toBe('RESOLVED');
    const { data } = await ask(world, livestock, 'count', { pen: PEN });
    expect(data).toMatchObject({ book: 4, lastCount: { heads: 4, by: world.id('lender') } });
  });

  it('values an animal by age, weight, price and haircuts', async () => {
    const world = start();
    penned(world, 'an_1');
    const curve = (changes: object, alias = 'lender') =>
      setCurve(world, changes as never, alias).code;
    const falling = [
      { ageDays: 10, weight: 1n },
      { ageDays: 10, weight: 2n },
    ];
    expect(curve({}, 'farm')).toBe('signer_lacks_role');
    expect(curve({ points: falling })).toBe('curve_is_invalid');
    expect(curve({})).toBe('reference_not_found');
    withFeed(world);
    expect(curve({ unit: 'TNE' })).toBe('unit_does_not_match');
    expect(curve({})).toBe('success');
    const stored = world.must(curves, world.id('lender'), 'cattle');
    expect([0, 1, 200, 400, 999].map((age) => weightAt(stored, age))).toEqual([
      40n,
      41n,
      240n,
      440n,
      440n,
    ]);
    const worth = async () => {
      const params = { pen: PEN, lender: world.id('lender') };
      const { data } = await ask(world, livestock, 'valuation', params);
      return (data as { items: { valueMinor: bigint; reason?: string }[] }).items[0];
    };
    expect(await worth()).toMatchObject({ valueMinor: (240n * 3_000n * 8_000n) / 10_000n });
    world.advance(2 * DAY_MS);
    expect(await worth()).toMatchObject({ valueMinor: 0n, reason: 'price_not_current' });
  });
});
