import { trace } from '@triflow/contracts';
import { tracedLots, units } from '@triflow/contracts/schemas';
import { ask } from '@triflow/contracts/testkit/ask';
import {
  act,
  certificate,
  LOT,
  logTemperatures,
  MAX_GAP_MS,
  must,
  PACKS,
  PALLET,
  packInto,
  paper,
  releasedWorld,
  travel,
  vaccineWorld,
} from '@triflow/contracts/testkit/vaccines';
import { describe, expect, it } from 'vitest';

type World = ReturnType<typeof vaccineWorld>;

/** Golden legal tests of the Vaccine Administration Law 疫苗管理法 (V). */
describe('V 26, 35, 36 lot release; CDC only', () => {
  it('V 26: an unreleased lot is not shipped; a refused one never is', () => {
    const world = vaccineWorld();
    expect(ship(world, 'vu_case', 'cdc')).toBe('lot_not_released');
    const refusal = { id: LOT, expectedVersion: 1, certificate, reason: 'potency' };
    must(world.submit('release', 'trace', 'refuse_lot', refusal));
    expect(ship(world, 'vu_case', 'cdc')).toBe('lot_release_refused');
  });

  it('V 35, 36: the maker does not supply a clinic undirected; a CDC does', () => {
    const world = releasedWorld();
    expect(ship(world, PALLET, 'clinic')).toBe('clinic_supply_only_through_cdc');
    must(travel(world, PALLET, 'maker', 'cdc'));
    must(travel(world, PALLET, 'cdc', 'clinic'));
    expect(world.must(units, PALLET).top?.custodian).toBe(world.id('clinic'));
  });

  it('V 35: on the written direction of a CDC the maker supplies that clinic, and no other', () => {
    const world = releasedWorld();
    const direction = { lot: LOT, clinic: world.id('clinic'), direction: paper };
    must(world.submit('cdc', 'trace', 'direct_supply', direction));
    expect(ship(world, PALLET, 'clinic2')).toBe('clinic_supply_only_through_cdc');
    expect(ship(world, PALLET, 'clinic')).toBe('success');
  });
});

describe('V 37, 39 temperature or refuse', () => {
  it('a gap in the record leaves only refuse, and a report is due at once', () => {
    const world = releasedWorld();
    must(logTemperatures(world, [500]));
    expect(ship(world, PALLET, 'cdc')).toBe('success');
    world.advance(MAX_GAP_MS * 2);
    must(logTemperatures(world, [500]));
    expect(receive(world)).toBe('temperature_record_incomplete');
    const refused = world.submit('cdc', 'trace', 'refuse', { id: PALLET, reason: 'gap' });
    const due = refused.events.find((event) => event.type === 'report.due');
    expect(due?.data).toMatchObject({
      cause: 'temperature_record_incomplete',
      to: ['drug_authority', 'health_authority'],
    });
    expect(world.must(units, PALLET).top?.state).toBe('QUARANTINED');
  });

  it('without the copy of the release certificate nothing is received', () => {
    const world = releasedWorld();
    must(logTemperatures(world, [500]));
    expect(ship(world, PALLET, 'cdc')).toBe('success');
    must(logTemperatures(world, [500, 500]));
    expect(receive(world, {})).toBe('lot_release_copy_missing');
    expect(receive(world)).toBe('success');
  });
});

describe('V 38-40, 46, 73 papers and recall', () => {
  it('V 38, 39: the records of a lot are kept five years past its expiry', () => {
    const { expiryDay = 0, keepUntilDay = 0 } = vaccineWorld().must(tracedLots, LOT);
    expect(keepUntilDay).toBeGreaterThanOrEqual(expiryDay + 5 * 365);
  });

  it('V 46, 73: a recall stops every descendant and lists the doses that were given', async () => {
    const world = releasedWorld();
    must(travel(world, PALLET, 'maker', 'cdc'));
    must(travel(world, PALLET, 'cdc', 'clinic'));
    const children = [PACKS[0], PACKS[1]];
    must(act(world, 'clinic', 'unpack', 'vu_case', { parent: 'vu_case', children }));
    must(act(world, 'clinic', 'dispense', PACKS[0]));
    must(world.submit('regulator', 'trace', 'recall', { id: LOT, reason: 'x', evidence: paper }));
    expect(act(world, 'clinic', 'dispense', PACKS[1]).code).toBe('lot_is_recalled');
    const { data } = await ask(world, trace, 'recallImpact', { lot: LOT });
    const dispensed = { items: [{ id: PACKS[0], clinic: world.id('clinic') }] };
    expect(data).toMatchObject({ dispensed });
    expect(packInto(world, 'clinic', 'vu_case', [PACKS[1]]).code).toBe('success');
  });
});

function ship(world: World, id: string, to: string): string {
  return act(world, 'maker', 'ship', id, { to: world.id(to) }).code;
}

function receive(world: World, papers: object = { releaseCopy: certificate }): string {
  return act(world, 'cdc', 'receive', PALLET, { ...papers }).code;
}
