import { animals, liens, onAsset } from '@triflow/contracts/schemas';
import {
  act,
  livestockWorld,
  mortgage,
  must,
  paper,
  penned,
  saleTo,
} from '@triflow/contracts/testkit/animals';
import { describe, expect, it } from 'vitest';

/** Golden legal tests: living animals under a mortgage (Civil Code 394, 404). */
describe('394 the farmer keeps the animals', () => {
  it('a mortgage charges the animal and leaves it in its pen with the farm', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    must(mortgage(world, ['an_1']));
    expect(world.must(liens, 'ln_1').class).toBe('MORTGAGE');
    expect(world.must(animals, 'an_1')).toMatchObject({ state: 'IN_PEN', farm: world.id('farm') });
  });

  it('401: an agreement that the animals are the lender’s on default is refused', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    const clause = { titlePassesOnDefault: true };
    expect(mortgage(world, ['an_1'], clause).code).toBe('forfeiture_clause_forbidden');
  });
});

describe('404 the ordinary buyer', () => {
  it('takes the animal free: the lien ends with an ordinary sale', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    must(mortgage(world, ['an_1']));
    must(act(world, ['farm'], 'sell', 'an_1', saleTo(world, 'buyer')));
    expect(world.read(onAsset, 'an_1')).toBeUndefined();
    expect(world.must(liens, 'ln_1').state).toBe('RELEASED');
  });

  it('not beyond the number agreed for a day, nor to one whom the farm controls', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    penned(world, 'an_2');
    must(mortgage(world, ['an_1', 'an_2']));
    must(
      world.submit('farm', 'party-registry', 'declare_affiliation', {
        id: world.id('farm'),
        other: world.id('stranger'),
        kind: 'controls',
        evidence: paper,
      }),
    );
    const sell = (id: string, to: string) =>
      act(world, ['farm'], 'sell', id, saleTo(world, to)).code;
    expect(sell('an_1', 'stranger')).toBe('exit_not_released');
    expect(sell('an_1', 'buyer')).toBe('success');
    expect(sell('an_2', 'buyer')).toBe('exit_not_released');
  });
});
