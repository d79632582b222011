import { CodedError } from '@triflow/protocol';

/** Which nodes hear which, and how late. Indexes of nodes throughout. */
export class Splits {
  readonly #nodes: number;
  #groups: readonly (readonly number[])[] = [];
  readonly #latencyMs = new Map<number, number>();

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  get groups(): readonly (readonly number[])[] {
    return this.#groups;
  }

  /** Splits: each group by itself, and all that stand in no group together. */
  partition(groups: readonly (readonly number[])[]): void {
    const named = groups.flat();
    if (groups.length === 0 || new Set(named).size !== named.length) {
      throw new CodedError('REQUEST_INVALID', 'partition: each node stands in one group at most');
    }
    for (const index of named) this.#check(index);
    this.#groups = groups.map((group) => [...group]);
  }

  /** Every message from or to a node is this late. */
  slow(index: number, latencyMs: number): void {
    this.#check(index);
    if (!Number.isFinite(latencyMs) || latencyMs < 0) {
      throw new CodedError('REQUEST_INVALID', `slow: ${latencyMs} ms is no delay`);
    }
    this.#latencyMs.set(index, latencyMs);
  }

  /** Ends splits and delays. */
  heal(): void {
    this.#groups = [];
    this.#latencyMs.clear();
  }

  mayTalk(a: number, b: number): boolean {
    const groupOf = (index: number): number => {
      return this.#groups.findIndex((group) => group.includes(index));
    };
    return groupOf(a) === groupOf(b);
  }

  latencyMs(a: number, b: number): number {
    return Math.max(this.#latencyMs.get(a) ?? 0, this.#latencyMs.get(b) ?? 0);
  }

  #check(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.#nodes) return;
    throw new CodedError('REQUEST_INVALID', `there is no node ${index}: 0 to ${this.#nodes - 1}`);
  }
}
