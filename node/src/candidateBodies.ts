import { type Hash, limits } from '@triflow/protocol';

/** Bodies of the candidates of one height in memory, and which are waited for or judged. */
export class CandidateBodies {
  #held = new Map<Hash, Uint8Array>();
  #wanted = new Set<Hash>();
  #judged = new Set<Hash>();
  /** Came before anything named them; few, and the oldest gives way. */
  readonly #early = new Map<Hash, Uint8Array>();
  /** Of inputs that still wait: nothing names them before consensus has heard of them. */
  #ahead = new Map<Hash, Uint8Array>();

  get(valueId: Hash): Uint8Array | undefined {
    return this.#held.get(valueId) ?? this.#ahead.get(valueId);
  }

  has(valueId: Hash): boolean {
    return this.get(valueId) !== undefined;
  }

  /** An own block, or one of catch-up, that consensus will hear of: no `keepOnly` drops it before. */
  putAhead(valueId: Hash, bytes: Uint8Array): void {
    this.#ahead.set(valueId, bytes);
  }

  /** Consensus hears of a value now: its body, as long as something names it. */
  hear(valueId: Hash): Uint8Array | undefined {
    const bytes = this.#ahead.get(valueId);
    if (bytes !== undefined) this.#held.set(valueId, bytes);
    this.#ahead.delete(valueId);
    return this.#held.get(valueId);
  }

  put(valueId: Hash, bytes: Uint8Array): void {
    this.#wanted.delete(valueId);
    this.#held.set(valueId, bytes);
  }

  /** Takes a peer's body; says whether it was waited for. */
  offer(valueId: Hash, bytes: Uint8Array): boolean {
    if (this.has(valueId)) return false;
    if (this.#wanted.has(valueId)) return true;
    if (this.#early.size >= limits.bodiesInMemoryMax) {
      const oldest = this.#early.keys().next().value;
      if (oldest !== undefined) this.#early.delete(oldest);
    }
    this.#early.set(valueId, bytes);
    return false;
  }

  /** The body of a value that is now named; if it is not here yet, it is waited for. */
  want(valueId: Hash): Uint8Array | undefined {
    const found = this.get(valueId) ?? this.#early.get(valueId);
    this.#early.delete(valueId);
    if (found === undefined) this.#wanted.add(valueId);
    return found;
  }

  isJudged(valueId: Hash): boolean {
    return this.#judged.has(valueId);
  }

  /** Notes that judging has begun; false when it had before. */
  markJudged(valueId: Hash): boolean {
    if (this.#judged.has(valueId)) return false;
    this.#judged.add(valueId);
    return true;
  }

  /** Consensus asks for a verdict: one given before was forgotten with the value (R-M4). */
  judgeAgain(valueId: Hash): void {
    this.#judged.delete(valueId);
  }

  /** How many are in memory, for the bound of R-M4. */
  count(): number {
    return this.#held.size + this.#early.size + this.#ahead.size;
  }

  /** R-M4: drops bodies that nothing names any more, and what was waited for in vain. */
  keepOnly(valueIds: readonly Hash[]): void {
    const kept = new Set(valueIds);
    for (const valueId of this.#held.keys()) if (!kept.has(valueId)) this.#held.delete(valueId);
    for (const valueId of this.#wanted) if (!kept.has(valueId)) this.#wanted.delete(valueId);
  }

  /** A new height: only what came early for it stays. */
  clear(): void {
    this.#held = new Map();
    this.#wanted = new Set();
    this.#judged = new Set();
    this.#ahead = new Map();
  }
}
