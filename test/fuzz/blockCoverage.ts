/** What istanbul writes into a script: how often each statement, function and branch ran. */
export interface ScriptCounters {
  readonly s: Counts;
  readonly f: Counts;
  readonly b: Readonly<Record<string, Counts>>;
}

/** One place of the code. */
export interface Place {
  readonly counts: Counts;
  readonly at: string;
}

type Counts = Record<string, number>;

/** Which places of instrumented scripts have run; scripts that are loaded later are not counted. */
export class BlockCoverage {
  readonly total: number;
  #unseen: readonly Place[];

  constructor(scripts: readonly ScriptCounters[]) {
    this.#unseen = scripts.flatMap(({ s, f, b }) =>
      [s, f, ...Object.values(b)].flatMap((counts) =>
        Object.keys(counts).map((at) => ({ counts, at })),
      ),
    );
    this.total = this.#unseen.length;
  }

  /** How many places have been noted. */
  count(): number {
    return this.total - this.#unseen.length;
  }

  /** Places that ran since the last call and were never noted. */
  fresh(): readonly Place[] {
    const fresh = this.#unseen.filter(({ counts, at }) => counts[at] !== 0);
    for (const { counts, at } of fresh) counts[at] = 0;
    return fresh;
  }

  note(places: readonly Place[]): void {
    if (places.length === 0) return;
    const noted = new Set(places);
    this.#unseen = this.#unseen.filter((place) => !noted.has(place));
  }
}
