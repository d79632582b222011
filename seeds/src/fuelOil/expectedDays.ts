import { series } from './prices.js';

export type Line = 'none' | 'warning' | 'margin_call' | 'disposal';
export type FacilityState = 'NORMAL' | 'WARNING' | 'MARGIN_CALL';

/** How the facility stands: L in cents, V in cents, floor(L * 10000 / V), line and state. */
export interface Standing {
  readonly debtMinor: bigint;
  readonly valueMinor: bigint;
  readonly ltvBps: number;
  readonly line: Line;
  readonly state: FacilityState;
}

export interface ExpectedDay {
  readonly date: string;
  readonly cents: bigint;
  /** At the day's price, before anybody acts. */
  readonly opening: Standing;
  /** After the borrower's act of that day. */
  readonly closing?: Standing;
}

type Row = readonly [dollarsOfValue: bigint, ltvBps: number, line: Line, state: FacilityState];

const CENTS = 100n;

/** L in dollars from this day on, as the borrower's acts leave it. */
const debts: readonly (readonly [from: string, dollars: bigint])[] = [
  ['2020-02-20', 4_289_040n],
  ['2020-03-09', 3_283_200n],
  ['2020-04-01', 1_283_200n],
];

/** Worked out by hand, V in dollars: README, "The days". */
const openings: Readonly<Record<string, Row>> = {
  '2020-02-20': [7_148_400n, 6_000, 'none', 'NORMAL'],
  '2020-02-21': [7_032_000n, 6_099, 'none', 'NORMAL'],
  '2020-02-24': [6_805_200n, 6_302, 'none', 'NORMAL'],
  '2020-02-25': [6_634_800n, 6_464, 'none', 'NORMAL'],
  '2020-02-26': [6_595_200n, 6_503, 'warning', 'WARNING'],
  '2020-02-27': [6_262_800n, 6_848, 'warning', 'WARNING'],
  '2020-02-28': [6_157_200n, 6_965, 'warning', 'WARNING'],
  '2020-03-02': [6_302_400n, 6_805, 'warning', 'WARNING'],
  '2020-03-03': [6_268_800n, 6_841, 'warning', 'WARNING'],
  '2020-03-04': [6_223_200n, 6_892, 'warning', 'WARNING'],
  '2020-03-05': [6_154_800n, 6_968, 'warning', 'WARNING'],
  '2020-03-06': [5_472_000n, 7_838, 'margin_call', 'MARGIN_CALL'],
  '2020-03-09': [4_239_600n, 7_744, 'margin_call', 'MARGIN_CALL'],
  '2020-03-10': [7_825_400n, 4_195, 'none', 'NORMAL'],
  '2020-03-11': [7_579_000n, 4_331, 'none', 'NORMAL'],
  '2020-03-12': [6_824_400n, 4_810, 'none', 'NORMAL'],
  '2020-03-13': [7_095_000n, 4_627, 'none', 'NORMAL'],
  '2020-03-16': [6_155_600n, 5_333, 'none', 'NORMAL'],
  '2020-03-17': [6_153_400n, 5_335, 'none', 'NORMAL'],
  '2020-03-18': [5_013_800n, 6_548, 'warning', 'WARNING'],
  '2020-03-19': [5_275_600n, 6_223, 'none', 'NORMAL'],
  '2020-03-20': [5_621_000n, 5_840, 'none', 'NORMAL'],
  '2020-03-23': [5_225_000n, 6_283, 'none', 'NORMAL'],
  '2020-03-24': [5_390_000n, 6_091, 'none', 'NORMAL'],
  '2020-03-25': [5_636_400n, 5_824, 'none', 'NORMAL'],
  '2020-03-26': [5_181_000n, 6_337, 'none', 'NORMAL'],
  '2020-03-27': [4_925_800n, 6_665, 'warning', 'WARNING'],
  '2020-03-30': [4_221_800n, 7_776, 'margin_call', 'MARGIN_CALL'],
  '2020-03-31': [3_267_000n, 10_049, 'disposal', 'MARGIN_CALL'],
  '2020-04-01': [3_293_400n, 3_896, 'none', 'NORMAL'],
};

const closings: Readonly<Record<string, Standing>> = {
  '2020-03-06': standing(3_283_200n, [5_472_000n, 6_000, 'none', 'NORMAL']),
  '2020-03-09': standing(3_283_200n, [7_772_600n, 4_224, 'none', 'NORMAL']),
  '2020-03-31': standing(1_283_200n, [3_267_000n, 3_927, 'none', 'NORMAL']),
  '2020-04-01': standing(1_283_200n, [2_395_200n, 5_357, 'none', 'NORMAL']),
};

/** Days on which a line is crossed upwards, and on which a margin call is issued. */
export const crossings = {
  warnings: ['2020-02-26', '2020-03-18', '2020-03-27'],
  marginCalls: ['2020-03-06', '2020-03-09', '2020-03-30'],
  disposals: ['2020-03-31'],
} as const;

/** Every day of the series with what the ledger must say of it. */
export const expectedDays: readonly ExpectedDay[] = series.flatMap(({ date, cents }) => {
  const row = openings[date];
  if (row === undefined) return [];
  const closing = closings[date];
  const opening = standing(debtOn(date), row);
  return [{ date, cents, opening, ...(closing === undefined ? {} : { closing }) }];
});

function debtOn(date: string): bigint {
  return debts.findLast(([from]) => from <= date)?.[1] ?? 0n;
}

function standing(dollarsOwed: bigint, [dollarsOfValue, ltvBps, line, state]: Row): Standing {
  const [debtMinor, valueMinor] = [dollarsOwed * CENTS, dollarsOfValue * CENTS];
  return { debtMinor, valueMinor, ltvBps, line, state };
}
