import { beforeEach, describe, expect, it } from 'vitest';
import { liens } from '../lien/keys.js';
import type { World } from '../testkit.js';
import { claims, distributions, saleParts } from './keys.js';
import {
  accepted,
  byLender,
  DAY_MS,
  defaultWorld,
  opening,
  payAndDistribute,
  ref,
  saleOf,
  usd,
} from './pledgeWorld.js';

/** Drawn on the oil before its price falls. */
const DEBT = 428_904_000n;
const NAME = 'pledge-facility';
let world: World;

/** A creditor's mortgage of 1,000.00 on the lot, registered in the order of the calls. */
function mortgage(id: string, holder: string, debtRef: string): void {
  world.advance(DAY_MS / 24);
  accepted(
    world.submit('court', 'lien', 'report_external', {
      id,
      asset: { kind: 'lot', id: 'lt_oil' },
      class: 'MORTGAGE',
      grantor: world.id('holder'),
      holder: world.id(holder),
      securedMax: usd(100_000n),
      debtRef,
      publicity: {
        registrationNo: `N-${id.slice(3)}`,
        registeredAt: world.nowMs() - 1,
        registryValidTo: 90_000,
      },
      evidence: ref,
    }),
  );
}

const open = (...liens: string[]) =>
  byLender(
    world,
    'open_enforcement',
    opening({ notices: liens.map((lien) => ({ lien, evidence: ref })) }),
  );

const state = (alias: string, lien: string, principalMinor: bigint) =>
  world.submit(alias, NAME, 'state_claim', {
    id: 'pl_oil',
    lien,
    costsMinor: 0n,
    interestMinor: 0n,
    principalMinor,
    evidence: ref,
  });

/** Sells for a sum above the debt, and says who got what. */
function shared(above: bigint): unknown[] {
  accepted(byLender(world, 'record_sale', saleOf(world, DEBT + above)));
  accepted(payAndDistribute(world, DEBT + above));
  const { lines } = world.must(distributions, ...saleParts('pl_oil', 1));
  return lines.map(({ part, to, amountMinor }) => [part, to, amountMinor]);
}

beforeEach(() => {
  world = defaultWorld({ rateBps: 0 });
});

describe('a debt is its creditor’s', () => {
  it('two creditors who call their debts alike have two claims', () => {
    mortgage('ln_a', 'bank2', 'po_loan');
    mortgage('ln_b', 'buyer', 'po_loan');
    accepted(open('ln_a', 'ln_b'));
    accepted(state('bank2', 'ln_a', 30n));
    accepted(state('buyer', 'ln_b', 40n));
    expect(world.must(claims, 'pl_oil', world.id('bank2'), 'po_loan').holder).toBe(
      world.id('bank2'),
    );
    expect(shared(100n)).toEqual([
      ['principal', world.id('bank'), DEBT],
      ['principal', world.id('bank2'), 30n],
      ['principal', world.id('buyer'), 40n],
      ['surplus', world.id('holder'), 30n],
    ]);
  });

  it('who names the facility’s debt as its own is another creditor: told, ranked, paid its own', () => {
    mortgage('ln_a', 'bank2', 'pl_oil');
    expect(open().code).toBe('juniors_not_notified');
    accepted(open('ln_a'));
    accepted(state('bank2', 'ln_a', 30n));
    expect(shared(100n)).toEqual([
      ['principal', world.id('bank'), DEBT],
      ['principal', world.id('bank2'), 30n],
      ['surplus', world.id('holder'), 70n],
    ]);
  });

  it('and gives its lien up without asking the facility, whose cover it never was', () => {
    mortgage('ln_a', 'bank2', 'pl_oil');
    const release = { id: 'ln_a', expectedVersion: world.must(liens, 'ln_a').version };
    accepted(world.submit('bank2', 'lien', 'release', release));
    accepted(open());
  });

  it('and silent it has its maximum kept back, not a part of the facility’s debt', () => {
    mortgage('ln_a', 'bank2', 'pl_oil');
    accepted(open('ln_a'));
    expect(shared(100_001n)).toEqual([
      ['principal', world.id('bank'), DEBT],
      ['reserved', world.id('bank2'), 100_000n],
      ['surplus', world.id('holder'), 1n],
    ]);
  });
});
