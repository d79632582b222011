import { equalBytes } from '@triflow/protocol';
import fc from 'fast-check';
import { changed, changeKinds, changesMax } from './changeBytes.js';
import type { FuzzTarget } from './fuzzTargets.js';

export interface FuzzReport {
  readonly cases: number;
  /** How many were taken: a target that refuses everything is not tested. */
  readonly taken: number;
  /** The first case that broke a rule, as hexadecimal text, and the rule. */
  readonly failure?: string;
}

/** What came of one input. */
export type Judged = 'taken' | 'refused' | { readonly broken: string };

const RAW_MAX = 64;

/**
 * Gives a decoder right bytes that were changed, in their structure or anywhere, and raw ones: it
 * refuses with a code or takes what it would write itself, and never throws.
 */
export function runFuzz(target: FuzzTarget, runs: number, seed: number): FuzzReport {
  let cases = 0;
  let taken = 0;
  const isRight = (bytes: Uint8Array): boolean => {
    cases += 1;
    const judged = judge(target, bytes);
    if (judged === 'taken') taken += 1;
    return typeof judged === 'string';
  };
  const checked = fc.check(fc.property(casesOf(target), isRight), { numRuns: runs, seed });
  if (!checked.failed) return { cases, taken };
  const [bytes] = checked.counterexample ?? [];
  return { cases, taken, failure: failureText(target, `seed ${seed}`, bytes) };
}

/** One input against the rules of a decoder. */
export function judge(target: FuzzTarget, bytes: Uint8Array): Judged {
  try {
    const decoded = target.decode(bytes);
    if ('code' in decoded) {
      return decoded.code.length > 0 ? 'refused' : { broken: 'refuses without a code' };
    }
    const isSame = decoded.again === undefined || equalBytes(decoded.again, bytes);
    return isSame ? 'taken' : { broken: 'takes what it would not write' };
  } catch (error) {
    return { broken: `throws ${String(error)}` };
  }
}

/** Which target broke which rule with which bytes: enough to do it again. */
export function failureText(
  target: FuzzTarget,
  where: string,
  bytes: Uint8Array | undefined,
): string {
  if (bytes === undefined) return `${target.name}, ${where}: ?`;
  const judged = judge(target, bytes);
  const why = typeof judged === 'string' ? 'broke a rule once' : judged.broken;
  return `${target.name}, ${where}: ${why}: ${Buffer.from(bytes).toString('hex')}`;
}

function casesOf({ samples, isText = false }: FuzzTarget): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ how: fc.nat(changeKinds - 1), where: fc.nat(), what: fc.nat(255) });
  const some = fc
    .tuple(fc.nat(samples.length - 1), fc.array(change, { maxLength: changesMax }))
    .map(([index, changes]) => {
      const sample = samples[index] ?? new Uint8Array();
      return changes.reduce((bytes, one) => changed(bytes, one, isText), sample);
    });
  const raw = fc.uint8Array({ maxLength: RAW_MAX });
  return fc.oneof({ arbitrary: some, weight: 9 }, { arbitrary: raw, weight: 1 });
}
