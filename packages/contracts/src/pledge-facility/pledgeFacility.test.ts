import { describe, expect, it } from 'vitest';
import { facilities } from './keys.js';
import { accepted, draw, establishedWorld, revalue } from './pledgeWorld.js';

describe('smoke', () => {
  it('draws', () => {
    const world = establishedWorld();
    accepted(draw(world, 428_904_000n));
    const outcome = accepted(revalue(world));
    console.log(outcome.events);
    expect(world.must(facilities, 'pl_oil').state).toBe('NORMAL');
  });
});
