import type { HeaderFacts } from '@triflow/sdk';

/** A validator's part in the last blocks. */
export interface Attendance {
  readonly index: number;
  readonly missed: number;
  /** Of the newest certificates, how many in a row. */
  readonly silentFor: number;
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
/** A certificate closes at its quorum and leaves out who is late, but not the same one so often. */
const SILENT_FROM = 12;

/** Counts what headers and certificates say; `validators` is the size of the set. */
export function chainHealthOf(headers: readonly HeaderFacts[], validators: number): ChainHealth {
  const intervals = headers.slice(1).map((header, index) => {
    return header.timeMs - (headers[index]?.timeMs ?? header.timeMs);
  });
  const rounds = headers.map(({ round }) => round);
  const attendance = Array.from({ length: validators }, (_, index): Attendance => {
    const missed = headers.filter(({ signers }) => !signers.includes(index)).length;
    const last = headers.findLastIndex(({ signers }) => signers.includes(index));
    return { index, missed, silentFor: headers.length - 1 - last };
  });
  const count = headers.length;
  const isAbsent = ({ silentFor }: Attendance): boolean => {
    return count > 0 && silentFor >= Math.min(count, SILENT_FROM);
  };
  return {
    count,
    intervalMs: median(intervals),
    transactions: headers.slice(1).reduce((sum, { txCount }) => sum + txCount, 0),
    spanMs: (headers.at(-1)?.timeMs ?? 0) - (headers[0]?.timeMs ?? 0),
    roundsOverFirst: rounds.filter((round) => round > 0).length,
    roundMax: Math.max(0, ...rounds),
    absent: attendance.filter(isAbsent),
    often: attendance.filter((one) => !isAbsent(one) && one.missed > count * OFTEN),
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
