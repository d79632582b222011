import { units } from '@triflow/contracts/schemas';
import {
  act,
  certificate,
  logTemperatures,
  MAX_GAP_MS,
  must,
  PALLET,
  releasedWorld,
} from '@triflow/contracts/testkit/vaccines';
import { describe, expect, it } from 'vitest';

type World = ReturnType<typeof releasedWorld>;

/** Domain section 4, "hidden temperature gap": a logger that is off shall hide nothing. */
describe('a hidden temperature gap', () => {
  it.each([
    ['off at the start', [MAX_GAP_MS * 2, 0]],
    ['off in the middle', [0, MAX_GAP_MS * 2]],
  ])('%s: temperature_record_incomplete', (_name, pauses) => {
    const world = onItsWay();
    for (const pause of pauses) {
      world.advance(pause);
      must(logTemperatures(world, [500]));
    }
    expect(arrive(world)).toBe('temperature_record_incomplete');
  });

  it('off until the end, or never switched on: temperature_record_incomplete', () => {
    const world = onItsWay();
    must(logTemperatures(world, [500]));
    world.advance(MAX_GAP_MS * 2);
    expect(arrive(world)).toBe('temperature_record_incomplete');
    expect(arrive(onItsWay())).toBe('temperature_record_incomplete');
  });

  it('readings sent late cannot fill the gap: their numbers are past', () => {
    const world = onItsWay();
    world.advance(MAX_GAP_MS * 2);
    must(logTemperatures(world, [500, 500]));
    expect(arrive(world)).toBe('temperature_record_incomplete');
    expect(world.must(units, PALLET).top?.state).toBe('IN_TRANSIT');
  });

  it('no hand-over goes round the guards of receipt', () => {
    const world = onItsWay();
    const { version: expectedVersion } = world.must(units, PALLET);
    const params = { id: PALLET, receiver: world.id('cdc'), expectedVersion };
    expect(world.submit('maker', 'trace', 'hand_over', params).code).toBe(
      'vaccine_moves_by_shipment',
    );
  });
});

function onItsWay(): World {
  const world = releasedWorld();
  must(logTemperatures(world, [500]));
  must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
  return world;
}

function arrive(world: World): string {
  return act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }).code;
}
