import { divideCeil } from '@triflow/protocol';
import type { Pen } from './schema.js';

const BPS = 10_000n;

/**
 * Whether a count stands within a pen's tolerance of its book, |counted − book|·10000 ≤
 * tolerance·book (R1), and the haircut that a shortage off it takes: the missing share, rounded up.
 */
export function countVerdict(
  pen: Pick<Pen, 'heads' | 'toleranceBps'>,
  counted: number,
): { readonly isWithin: boolean; readonly haircutBps: number } {
  const book = BigInt(pen.heads);
  const missing = book - BigInt(counted);
  const off = missing < 0n ? -missing : missing;
  const isWithin = off * BPS <= BigInt(pen.toleranceBps) * book;
  const short = !isWithin && missing > 0n ? divideCeil(missing * BPS, book) : 0n;
  return { isWithin, haircutBps: Number(short) };
}
