import type { HeaderFacts } from '@triflow/sdk';

/** A validator's part in the last blocks. */
export interface Attendance {
  readonly index: number;
  readonly missed: number;
}

/** How the chain has run over a stretch of headers: the ground for saying why it is slow. */
export interface ChainHealth {
  readonly count: number;
  /** Median time between blocks. */
  readonly intervalMs: number;
  readonly transactions: number;
  /** From the first to the last header. */
  readonly spanMs: number;
  readonly roundsOverFirst: number;
  readonly roundMax: number;
  readonly absent: readonly Attendance[];
  readonly often: readonly Attendance[];
}

/** Missing from more of the certificates than this share is worth saying. */
const OFTEN = 0.6;

/** Counts what headers and certificates say; `validators` is the size of the set. */
export function chainHealthOf(headers: readonly HeaderFacts[], validators: number): ChainHealth {
  const intervals = headers.slice(1).map((header, index) => {
    return header.timeMs - (headers[index]?.timeMs ?? header.timeMs);
  });
  const rounds = headers.map(({ round }) => round);
  const attendance = Array.from({ length: validators }, (_, index): Attendance => {
    const missed = headers.filter(({ signers }) => !signers.includes(index)).length;
    return { index, missed };
  });
  const count = headers.length;
  return {
    count,
    intervalMs: median(intervals),
    transactions: headers.slice(1).reduce((sum, { txCount }) => sum + txCount, 0),
    spanMs: (headers.at(-1)?.timeMs ?? 0) - (headers[0]?.timeMs ?? 0),
    roundsOverFirst: rounds.filter((round) => round > 0).length,
    roundMax: Math.max(0, ...rounds),
    absent: attendance.filter(({ missed }) => count > 0 && missed === count),
    often: attendance.filter(({ missed }) => missed < count && missed > count * OFTEN),
  };
}

/** Validators that must sign: any two such groups share a correct one (consensus R-C1). */
export function quorumOf(validators: number): number {
  return Math.ceil((validators + faultsOf(validators) + 1) / 2);
}

/** Faulty validators that a set tolerates. */
export function faultsOf(validators: number): number {
  return Math.floor((validators - 1) / 3);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
