import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { partyRegistry } from '../party-registry/index.js';
import { given } from '../testkit.js';
import { monitoring } from './index.js';
import { invariants } from './invariants.js';
import { alerts, assetAlerts } from './keys.js';
import { callerNamed } from './testCaller.js';

describe('monitoring invariants', () => {
  it('notice an alert that is twice for one episode, and one that is not counted', () => {
    const contracts = [partyRegistry, monitoring, callerNamed('payment', 'raise_alert')];
    const world = given({ contracts, parties: { keeper: ['WAREHOUSE'] } });
    const owner = world.id('keeper');
    const alert = { kind: 'LTV_BREACH', asset: 'pl_1', owner };
    expect(world.submit('keeper', 'payment', 'raise_alert', alert).code).toBe('success');
    expect(brokenInvariants(invariants, world)).toEqual([]);
    const [found] = world.records(alerts);
    if (found !== undefined) world.plant(alerts, ['al_copy'], { ...found, id: 'al_copy' });
    expect(brokenInvariants(invariants, world)).toHaveLength(2);
    world.plant(assetAlerts, ['pl_1'], { open: 2, openCritical: 0, critical: [] });
    expect(brokenInvariants(invariants, world)).toHaveLength(2);
  });
});
