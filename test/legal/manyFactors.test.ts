import { claims, liens } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import {
  act,
  agreeFinance,
  confirmedClaim,
  DAY_MS,
  financedClaim,
  register,
  today,
} from '@triflow/contracts/testkit/claims';
import type { CborMap } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { accepted, orderOf, rankOf, report } from '../goodsWorld.js';

/** Several factors on one claim that is really financed here (Civil Code 768, Interp. 66). */
const OUTSIDE = 'ln_outside';

describe('768, Interp. 66 many factors on one claim', () => {
  it('F1 outside with notice only, F2 financed here and registered later: F2, F1', async () => {
    const world = financedClaim({}, false);
    outside(world, { noticeAt: world.nowMs() - 30 * DAY_MS });
    const own = lienOfClaim(world);
    expect(await orderOf(world, 'rv_1')).toEqual([[own], [OUTSIDE]]);
    expect((await rankOf(world, 'rv_1')).groups[0]?.articles).toContain('768');
  });

  it('a factor that is known before the claim is financed here stops it: already_financed', () => {
    const world = confirmedClaim();
    outside(world, { noticeAt: world.nowMs() });
    expect(agreeFinance(world).code).toBe('already_financed');
  });

  it('both registered: the earlier time of the register, though it became known here later', async () => {
    const world = financedClaim({}, false);
    const filed = { registrationNo: 'N-OUT', registryValidTo: today(world) + 365 };
    const outcome = outside(world, { ...filed, registeredAt: world.nowMs() - 30 * DAY_MS });
    expect(outcome.events.map((event) => event.type)).toContain('lien.contested');
    expect(await orderOf(world, 'rv_1')).toEqual([[OUTSIDE], [lienOfClaim(world)]]);
  });

  it('neither registered: the first notice to reach the debtor', async () => {
    const world = agreedClaim();
    accepted(act(world, 'seller', 'notify_debtor', { id: 'rv_1' }));
    outside(world, { noticeAt: world.nowMs() - DAY_MS });
    expect(await orderOf(world, 'rv_1')).toEqual([[OUTSIDE], [lienOfClaim(world)]]);
    const other = agreedClaim();
    accepted(act(other, 'seller', 'notify_debtor', { id: 'rv_1' }));
    other.advance(DAY_MS);
    outside(other, { noticeAt: other.nowMs() });
    expect(await orderOf(other, 'rv_1')).toEqual([[lienOfClaim(other)], [OUTSIDE]]);
  });

  it('neither registered nor notified: pro rata of the financing', async () => {
    const world = agreedClaim();
    outside(world, {});
    const { groups } = await rankOf(world, 'rv_1');
    expect(groups).toMatchObject([{ sharing: 'pro_rata' }]);
    expect([...(groups[0]?.lienIds ?? [])].sort()).toEqual([lienOfClaim(world), OUTSIDE].sort());
  });

  it('a registration that lapsed ranks its factor behind one in force', async () => {
    const world = confirmedClaim();
    accepted(agreeFinance(world));
    accepted(register(world, 'REG-1', { registryValidTo: today(world) + 1 }));
    const filed = { registrationNo: 'N-OUT', registryValidTo: today(world) + 365 };
    world.advance(3_600_000);
    outside(world, { ...filed, registeredAt: world.nowMs() });
    expect(await orderOf(world, 'rv_1')).toEqual([[lienOfClaim(world)], [OUTSIDE]]);
    world.advance(2 * DAY_MS);
    expect(await orderOf(world, 'rv_1')).toEqual([[OUTSIDE], [lienOfClaim(world)]]);
  });
});

/** The court reports another factor's right in the claim. */
function outside(world: World, publicity: CborMap) {
  const asset = { kind: 'claim', id: 'rv_1' };
  const grantor = world.id('seller');
  return accepted(report(world, OUTSIDE, { asset, class: 'FACTORING', grantor, publicity }));
}

/** Lender and holder have agreed; nothing is registered or paid yet. */
function agreedClaim(): World {
  const world = confirmedClaim();
  accepted(agreeFinance(world));
  return world;
}

function lienOfClaim(world: World): string {
  const { lien = '' } = world.must(claims, 'rv_1');
  return world.must(liens, lien).id;
}
