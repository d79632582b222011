import { facilities, feeds } from '@triflow/contracts/schemas';
import {
  accepted,
  draw,
  emptyWorld,
  establishedWorld,
  facilityTerms,
  item,
  quote,
  ref,
  revalue,
  withFeed,
} from '@triflow/contracts/testkit/pledges';
import { describe, expect, it } from 'vitest';

const NAME = 'pledge-facility';

describe('void floating pledge: the supervisor serves the pledgor', () => {
  const agreement = (extra = {}) => {
    const world = emptyWorld();
    withFeed(world);
    const terms = { kind: 'floating', floorValueMinor: 1n, items: [item('wr_oil')] };
    accepted(world.agree(['holder', 'bank'], NAME, 'apply', facilityTerms(world, terms)));
    const supervisor = world.id('supervisor');
    const signed = { id: 'pl_oil', expectedVersion: 1, supervisor, agreement: ref };
    const params = { ...signed, engagedBy: world.id('bank'), ...extra };
    return { world, params };
  };

  it('engaged by the pledgor: refused', () => {
    const { world, params } = agreement();
    const engaged = { ...params, engagedBy: world.id('holder') };
    expect(world.submit('bank', NAME, 'sign_agreement', engaged).code).toBe(
      'supervisor_engaged_by_pledgor',
    );
  });

  it('affiliated with the pledgor: refused', () => {
    const { world, params } = agreement();
    const id = world.id('supervisor');
    const relation = { id, other: world.id('holder'), kind: 'common_control', evidence: ref };
    accepted(world.submit('supervisor', 'party-registry', 'declare_affiliation', relation));
    expect(world.submit('bank', NAME, 'sign_agreement', params).code).toBe(
      'supervisor_not_independent',
    );
  });
});

describe('price gaming: one bad oracle', () => {
  const quoted = (alias: string, world: ReturnType<typeof establishedWorld>, value: bigint) => {
    const { open, lastRound } = world.must(feeds, 'pf_brent');
    const round = open?.round ?? lastRound + 1;
    const params = { id: 'pf_brent', round, value, observedAt: world.nowMs() };
    return accepted(world.submit(alias, 'price-feed', 'submit_quote', params));
  };

  it('the median does not follow it', () => {
    const world = establishedWorld();
    accepted(draw(world, 400_000_000n));
    quoted('oracle3', world, 99_999n);
    quoted('oracle1', world, 5_957n);
    expect(world.must(feeds, 'pf_brent').current?.value).toBe(5_957n);
  });

  it('a big move is UNCONFIRMED: it is seen, and nobody draws on it', () => {
    const world = establishedWorld();
    accepted(draw(world, 1n));
    quoted('oracle1', world, 50_000n);
    quoted('oracle2', world, 50_000n);
    expect(world.must(feeds, 'pf_brent')).toMatchObject({
      state: 'UNCONFIRMED',
      current: { value: 5_957n },
    });
    expect(draw(world, 1n).code).toBe('price_not_final');
    accepted(revalue(world));
    expect(world.must(facilities, 'pl_oil').valuation).toMatchObject({
      valueMinor: 0n,
      itemsLeftOut: 1,
    });
    quote(world, 5_960n);
    expect(world.must(feeds, 'pf_brent')).toMatchObject({ state: 'OPEN' });
  });
});
