/** The figures of the story. Barrels are `BLL` at scale 0, money is US cents. */
export const CURRENCY = 'USD';

export const order = {
  sku: 'FUEL-OIL-380',
  barrels: 120_000n,
  /** 57.80 dollars a barrel, in bond: no value-added tax. */
  cents: 5_780n,
  paymentDays: 60,
} as const;

/** The borrower's own stock, which later answers a margin call. */
export const secondLotBarrels = 100_000n;

export const loan = {
  limitMinor: 500_000_000n,
  initialLtvBps: 6_000,
  warningBps: 6_500,
  marginCallBps: 7_500,
  disposalBps: 8_500,
  cureToBps: 6_000,
  haircutBps: 0,
  /** Interest is settled outside the ledger, in advance: every run has the same figures. */
  rateBps: 0,
  days: 180,
  cureHours: 48,
  /** 60 % of 120,000 barrels at 59.57 dollars. */
  drawnMinor: 428_904_000n,
} as const;

/** What the borrower does, in the order of the series. */
export const moves = {
  cashCure: { date: '2020-03-06', minor: 100_584_000n },
  goodsCure: { date: '2020-03-09', barrels: secondLotBarrels },
  partRepayment: { date: '2020-03-31', minor: 200_000_000n },
  withdrawal: { date: '2020-04-01', barrels: 60_000n, refusedBarrels: 100_000n },
} as const;

export const feed = {
  sku: 'BRENT',
  currency: CURRENCY,
  unit: 'BLL',
  quorum: 2,
  windowMs: 60_000,
  staleAfterMs: 24 * 3_600_000,
  /** 30 %: the worst day of the series, -22.6 %, needs no second round. */
  maxMoveBps: 3_000,
  confirmWithinBps: 500,
} as const;
