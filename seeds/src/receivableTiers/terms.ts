import type { Trade } from '../trade/sellGoods.js';

/** The figures of the story, in fen. */
export const DAYS = 30;
export const CREDIT_LINE_MINOR = 500_000_000n;
export const ADVANCE_MINOR = 39_500_000n;

/** 20,000 motors at 100 yuan and 13 % tax: 2,260,000 yuan. */
export const sale = {
  buyer: 'core-enterprise',
  seller: 'tier-1',
  sku: 'MOTOR-550',
  goods: 'motors',
  pieces: 20_000n,
  priceMinor: 10_000n,
  taxBps: 1_300,
  paymentDays: 60,
} as const satisfies Omit<Trade, 'order'>;

/** A hand-over down the chain: who splits, keeps one part and pays with the other. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly sku: string;
  readonly goods: string;
  readonly pieces: bigint;
  readonly keptMinor: bigint;
  readonly paidMinor: bigint;
}

export const steps: readonly Step[] = [
  {
    from: 'tier-1',
    to: 'tier-2',
    sku: 'WIRE-ENAMEL',
    goods: 'reels of wire',
    pieces: 5_000n,
    keptMinor: 76_000_000n,
    paidMinor: 150_000_000n,
  },
  {
    from: 'tier-2',
    to: 'tier-3',
    sku: 'ROD-8MM',
    goods: 'coils of copper rod',
    pieces: 300n,
    keptMinor: 60_000_000n,
    paidMinor: 90_000_000n,
  },
  {
    from: 'tier-3',
    to: 'tier-4',
    sku: 'SCRAP-CU',
    goods: 'bales of copper scrap',
    pieces: 100n,
    keptMinor: 50_000_000n,
    paidMinor: 40_000_000n,
  },
];
