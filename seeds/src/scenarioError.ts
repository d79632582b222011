import { TriflowError } from '@triflow/sdk';

/**
 * Why a scenario stops: what it found is not what it expects; it was asked for wrongly; there is
 * no devnet to play on; the run named was played on it before.
 */
export type ScenarioFault =
  | 'SCENARIO_DIFFERS'
  | 'SCENARIO_USAGE'
  | 'SCENARIO_WITHOUT_DEVNET'
  | 'SCENARIO_RUN_TAKEN';

/** The one error of this program's own; everything else comes from the SDK. */
export class ScenarioError extends TriflowError {
  constructor(code: ScenarioFault, message: string) {
    super(code, message, { retry: 'never' });
  }
}

/** Throws `SCENARIO_DIFFERS` unless a finding is the one expected; both are compared as text. */
export function expectSame(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [shown(found), shown(expected)];
  if (left === right) return;
  throw new ScenarioError('SCENARIO_DIFFERS', `${what} is ${left}, expected is ${right}`);
}

/** A value that must be there. Throws `SCENARIO_DIFFERS`. */
export function present<T>(what: string, value: T | null | undefined): T {
  if (value !== null && value !== undefined) return value;
  throw new ScenarioError('SCENARIO_DIFFERS', `${what} is missing`);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return String(value);
}
