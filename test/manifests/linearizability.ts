/** One call of a client: from when to when, of which key, and what it asked and heard. */
export interface Call<Operation> {
  readonly key: string;
  readonly startMs: number;
  /** Infinity where no answer came: it may have taken effect at any time, or never. */
  readonly endMs: number;
  readonly operation: Operation;
}

/** What a sequential object does. */
export interface SequentialModel<State, Operation> {
  initial(key: string): State;
  /** The state after it, or undefined where this answer is impossible in this state. */
  step(state: State, operation: Operation): State | undefined;
  /** Equal texts for equal states. */
  nameOf(state: State): string;
}

export interface Verdict {
  readonly linearizable: boolean;
  readonly calls: number;
  /** The key that has no order, and the longest order that was found of its calls. */
  readonly key?: string;
  readonly ordered?: number;
}

/**
 * Whether a concurrent history could have happened one call at a time, each between its start and
 * its end (Herlihy and Wing 1990). The search is that of Wing and Gong (1993) with the memory of
 * Lowe (2017): a set of calls that ended in a state is tried once. Keys are independent objects,
 * so each is judged alone (locality).
 */
export function linearizable<State, Operation>(
  model: SequentialModel<State, Operation>,
  calls: readonly Call<Operation>[],
): Verdict {
  const byKey = new Map<string, Call<Operation>[]>();
  for (const call of calls) byKey.set(call.key, [...(byKey.get(call.key) ?? []), call]);
  for (const [key, own] of byKey) {
    const ordered = longestOrder(model, key, own);
    if (ordered !== 'all') {
      return { linearizable: false, calls: calls.length, key, ordered };
    }
  }
  return { linearizable: true, calls: calls.length };
}

/** A call's start or its end, in a list that is linked both ways so that calls can be lifted out. */
interface Entry<Operation> {
  readonly id: number;
  readonly operation: Operation;
  /** Of a start: its end. */
  readonly end: Entry<Operation> | undefined;
  readonly answered: boolean;
  before: Entry<Operation> | undefined;
  after: Entry<Operation> | undefined;
}

function longestOrder<State, Operation>(
  model: SequentialModel<State, Operation>,
  key: string,
  calls: readonly Call<Operation>[],
): number | 'all' {
  const head = linkedEntries(calls);
  const seen = new Set<string>();
  const stack: { readonly entry: Entry<Operation>; readonly state: State }[] = [];
  let state = model.initial(key);
  let done = 0n;
  let longest = 0;
  let answered = calls.filter(({ endMs }) => Number.isFinite(endMs)).length;
  let entry = head.after;
  while (answered > 0) {
    if (entry?.end !== undefined) {
      const next = model.step(state, entry.operation);
      const set = done | (1n << BigInt(entry.id));
      const name = next === undefined ? '' : `${set.toString(36)} ${model.nameOf(next)}`;
      if (next === undefined || seen.has(name)) {
        entry = entry.after;
        continue;
      }
      seen.add(name);
      stack.push({ entry, state });
      state = next;
      done = set;
      if (entry.answered) answered -= 1;
      longest = Math.max(longest, stack.length);
      lift(entry);
      entry = head.after;
      continue;
    }
    // An end is met whose call found no place: the last choice was wrong.
    const last = stack.pop();
    if (last === undefined) return longest;
    ({ state } = last);
    done &= ~(1n << BigInt(last.entry.id));
    if (last.entry.answered) answered += 1;
    unlift(last.entry);
    entry = last.entry.after;
  }
  return 'all';
}

/** Starts and ends in time; an end at the very moment of a start comes after it. */
function linkedEntries<Operation>(calls: readonly Call<Operation>[]): Entry<Operation> {
  const timed = calls.flatMap(({ startMs, endMs, operation }, id) => {
    const answered = Number.isFinite(endMs);
    const link = { id, operation, answered, before: undefined, after: undefined };
    const end: Entry<Operation> = { ...link, end: undefined };
    const start: Entry<Operation> = { ...link, end };
    return [
      { entry: start, atMs: startMs, rank: 0 },
      { entry: end, atMs: endMs, rank: 1 },
    ];
  });
  timed.sort((a, b) => (a.atMs === b.atMs ? a.rank - b.rank : a.atMs - b.atMs));
  const [any] = calls;
  const head = { id: -1, operation: any?.operation } as Entry<Operation>;
  let last = head;
  for (const { entry } of timed) {
    last.after = entry;
    entry.before = last;
    last = entry;
  }
  return head;
}

function lift<Operation>(start: Entry<Operation>): void {
  for (const entry of [start, start.end]) {
    if (entry?.before !== undefined) entry.before.after = entry.after;
    if (entry?.after !== undefined) entry.after.before = entry.before;
  }
}

function unlift<Operation>(start: Entry<Operation>): void {
  for (const entry of [start.end, start]) {
    if (entry?.before !== undefined) entry.before.after = entry;
    if (entry?.after !== undefined) entry.after.before = entry;
  }
}
