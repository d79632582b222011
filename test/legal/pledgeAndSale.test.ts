import {
  distributions,
  facilities,
  obligations,
  receipts,
  saleParts,
} from '@triflow/contracts/schemas';
import {
  accepted,
  barrels,
  byLender,
  cureFailedWorld,
  defaultWorld,
  digestOf,
  draw,
  emptyWorld,
  establishedWorld,
  facilityTerms,
  HOUR_MS,
  opening,
  payAndDistribute,
  quote,
  ref,
  revalue,
  saleOf,
  usd,
  withFeed,
} from '@triflow/contracts/testkit/pledges';
import { beforeEach, describe, expect, it } from 'vitest';

type World = ReturnType<typeof establishedWorld>;

const NAME = 'pledge-facility';
const RECEIPT = 'warehouse-receipt';
/** Drawn on the oil before its price falls. */
const DEBT = 428_904_000n;
let world: World;

const linesOf = () =>
  world
    .must(distributions, ...saleParts('pl_oil', 1))
    .lines.map(({ part, amountMinor, articles }) => ({ part, amountMinor, article: articles[0] }));

const sell = (minor: bigint, extra = {}) =>
  byLender(world, 'record_sale', saleOf(world, minor, extra));

describe('401, 428 no forfeiture', () => {
  it('“ours on default” is refused when the facility is made', () => {
    world = emptyWorld();
    withFeed(world);
    const terms = facilityTerms(world, { titlePassesOnDefault: true });
    expect(world.submit('holder', NAME, 'apply', terms).code).toBe('forfeiture_clause_forbidden');
  });

  it('default alone passes no title; the lender gets the goods only at a price agreed after it', () => {
    world = defaultWorld();
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('holder'));
    accepted(byLender(world, 'open_enforcement', opening()));
    expect(sell(1n, { buyer: world.id('bank') }).code).toBe('forfeiture_forbidden');
    world = defaultWorld();
    const agreed = opening({ method: 'agreed_price', pledgorSigns: true });
    accepted(byLender(world, 'open_enforcement', agreed));
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    accepted(sell(480_000_000n, { buyer: world.id('bank') }));
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    accepted(world.submit('stranger', NAME, 'distribute', { id: 'pl_oil', sale: 1 }));
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('bank'));
  });
});

describe('410, 436 market price', () => {
  it('变卖 without a reference is refused', () => {
    world = defaultWorld();
    accepted(byLender(world, 'open_enforcement', opening()));
    expect(sell(1n, { marketReference: undefined }).code).toBe('market_reference_missing');
    expect(sell(470_000_000n).code).toBe('success');
  });
});

describe('Interp. 45 agreed private sale', () => {
  it('with the clause the lender sells; without it, not by itself', () => {
    world = defaultWorld({ privateSaleAgreed: true });
    expect(byLender(world, 'open_enforcement', opening()).code).toBe('success');
    world = defaultWorld({ privateSaleAgreed: false });
    expect(byLender(world, 'open_enforcement', opening()).code).toBe('no_right_of_private_sale');
  });
});

describe('438 surplus and shortfall, 561 inside the waterfall', () => {
  beforeEach(() => {
    world = defaultWorld({ rateBps: 0 });
    accepted(byLender(world, 'open_enforcement', opening()));
  });

  it('proceeds above the debt: the rest to the pledgor', () => {
    accepted(sell(DEBT + 20n));
    accepted(payAndDistribute(world, DEBT + 20n));
    expect(linesOf()).toEqual([
      { part: 'principal', amountMinor: DEBT, article: '415' },
      { part: 'surplus', amountMinor: 20n, article: '438' },
    ]);
  });

  it('proceeds below it: the rest is owed on, unsecured', () => {
    accepted(sell(DEBT - 20n));
    accepted(payAndDistribute(world, DEBT - 20n));
    expect(world.must(facilities, 'pl_oil').shortfallMinor).toBe(20n);
    expect(world.records(obligations)).toMatchObject([
      {
        debtor: world.id('holder'),
        creditor: world.id('bank'),
        amount: usd(20n),
        securedMinor: 0n,
      },
    ]);
  });

  it('561: costs 5, interest 10, principal 100, got 12: 5, 7, 0', () => {
    const facility = world.must(facilities, 'pl_oil');
    const debt = { ...facility.debt, costsMinor: 5n, interestWhole: 10n, principalMinor: 100n };
    world.plant(facilities, ['pl_oil'], { ...facility, debt });
    accepted(sell(12n));
    accepted(payAndDistribute(world, 12n));
    expect(linesOf().map(({ part, amountMinor }) => [part, amountMinor])).toEqual([
      ['costs', 5n],
      ['interest', 7n],
    ]);
    expect(world.must(facilities, 'pl_oil').shortfallMinor).toBe(103n);
  });
});

describe('433 value falls', () => {
  it('fall, demand, refusal: early sale, the proceeds prepay or wait in deposit', () => {
    world = cureFailedWorld({ rateBps: 0 });
    const terms = {
      method: 'auction',
      demand: ref,
      refusal: ref,
      proceeds: 'deposit',
      notices: [],
    };
    accepted(byLender(world, 'early_sale', terms));
    accepted(sell(440_000_000n));
    expect(payAndDistribute(world, 440_000_000n).code).toBe('debt_not_due');
    world = cureFailedWorld({ rateBps: 0 });
    accepted(byLender(world, 'early_sale', { ...terms, proceeds: 'prepay' }));
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    accepted(sell(440_000_000n));
    expect(payAndDistribute(world, 440_000_000n).code).toBe('success');
  });

  it('before the demand was refused there is no early sale', () => {
    world = establishedWorld();
    accepted(draw(world, DEBT));
    quote(world, 4_000n);
    accepted(revalue(world));
    const terms = {
      method: 'auction',
      demand: ref,
      refusal: ref,
      proceeds: 'deposit',
      notices: [],
    };
    expect(byLender(world, 'early_sale', terms).code).toBe('state_forbids_command');
  });
});

describe('431, 434 use and re-pledge (F7)', () => {
  it('without the pledgor’s signature both are refused', () => {
    world = establishedWorld();
    const { version } = world.must(receipts, 'wr_oil');
    const change = { id: 'wr_oil', expectedVersion: version };
    const repledge = { ...change, facility: 'pl_oil', affiliationAccepted: false };
    expect(world.submit('bank', RECEIPT, 'pledge', repledge).code).toBe(
      'signer_not_party_to_object',
    );
    const use = {
      ...change,
      quantity: barrels(1n),
      vehicle: 'ZHE-B 1',
      driverRef: digestOf('driver'),
      validTo: world.nowMs() + 10 * HOUR_MS,
    };
    for (const alias of ['bank', 'supervisor', 'keeper']) {
      expect(world.submit(alias, RECEIPT, 'withdraw', use).code).toBe('signer_not_party_to_object');
    }
    const to = { ...change, to: world.id('bank2') };
    expect(world.submit('bank', RECEIPT, 'transfer', to).code).toBe('signer_not_party_to_object');
  });
});

describe('Interp. 68 goods given as security in the form of a sale', () => {
  /** A later creditor with a mortgage of its own on the same lot, known from outside. */
  const younger = () =>
    accepted(
      world.submit('court', 'lien', 'report_external', {
        id: 'ln_younger',
        asset: { kind: 'lot', id: 'lt_oil' },
        class: 'MORTGAGE',
        grantor: world.id('holder'),
        holder: world.id('bank2'),
        securedMax: usd(10_000_000n),
        debtRef: 'po_younger',
        publicity: {
          registrationNo: 'N-YOUNGER',
          registeredAt: world.nowMs(),
          registryValidTo: 90_000,
        },
        evidence: ref,
      }),
    );

  it('on default: priority in the proceeds, no ownership', () => {
    world = defaultWorld({ rateBps: 0 });
    const { version } = world.must(receipts, 'wr_oil');
    const handedOver = { id: 'wr_oil', expectedVersion: version, to: world.id('bank') };
    expect(world.submit('holder', RECEIPT, 'transfer', handedOver).code).toBe(
      'forfeiture_forbidden',
    );
    younger();
    const notices = [{ lien: 'ln_younger', evidence: ref }];
    accepted(byLender(world, 'open_enforcement', opening({ notices })));
    expect(sell(DEBT, { buyer: world.id('bank') }).code).toBe('forfeiture_forbidden');
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('holder'));
    accepted(sell(DEBT + 10_000_000n + 7n));
    accepted(payAndDistribute(world, DEBT + 10_000_000n + 7n));
    const { lines } = world.must(distributions, ...saleParts('pl_oil', 1));
    expect(lines.map(({ part, to, amountMinor }) => [part, to, amountMinor])).toEqual([
      ['principal', world.id('bank'), DEBT],
      ['reserved', world.id('bank2'), 10_000_000n],
      ['surplus', world.id('holder'), 7n],
    ]);
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('buyer'));
  });
});

describe('442 receipt due before the debt', () => {
  it('TERM_MISMATCH is stated with the valuation', () => {
    world = establishedWorld({ maturity: 21_000 });
    const outcome = accepted(revalue(world));
    expect(outcome.events[0]?.data).toMatchObject({ termMismatch: ['wr_oil'] });
  });
});
