import type { Table } from '@triflow/protocol';

/** All records of the state, as checks of invariants see them. */
export interface StateView {
  readonly records: <T>(table: Table<T>) => readonly T[];
  readonly read: <T>(table: Table<T>, ...parts: string[]) => T | undefined;
}

/** What may never become untrue: gives one sentence for each record that breaks it. */
export interface Invariant {
  readonly rule: string;
  readonly broken: (state: StateView) => readonly string[];
}

/** An invariant that each record of one table keeps by itself. */
export function eachRecord<T extends { readonly id?: string }>(
  rule: string,
  table: Table<T>,
  holds: (record: T, state: StateView) => boolean,
): Invariant {
  return {
    rule,
    broken: (state) =>
      state
        .records(table)
        .filter((record) => !holds(record, state))
        .map((record) => `${rule}: ${table.name} ${record.id ?? ''}`),
  };
}

/** Everything that is broken, as sentences; empty when all holds. */
export function brokenInvariants(
  invariants: readonly Invariant[],
  state: StateView,
): readonly string[] {
  return invariants.flatMap((invariant) => invariant.broken(state));
}
