import type { Hash } from '@triflow/protocol';

export interface ExpiringId {
  readonly txId: Hash;
  readonly validUntilHeight: number;
}

/** Ids that stay in the state until a height, grouped by it; rebuilt from the store at start. */
export class DedupWindow {
  readonly #byHeight = new Map<number, Hash[]>();
  readonly #ids = new Set<Hash>();

  constructor(ids: Iterable<ExpiringId>) {
    for (const id of ids) this.add(id);
  }

  add({ txId, validUntilHeight }: ExpiringId): void {
    this.#ids.add(txId);
    const list = this.#byHeight.get(validUntilHeight);
    if (list === undefined) this.#byHeight.set(validUntilHeight, [txId]);
    else list.push(txId);
  }

  /** Ids whose last valid height is the one given. */
  expiringAt(validUntilHeight: number): readonly Hash[] {
    return this.#byHeight.get(validUntilHeight) ?? [];
  }

  /** Forgets ids that the block after their last valid height has removed. */
  drop(validUntilHeight: number): void {
    for (const txId of this.#byHeight.get(validUntilHeight) ?? []) this.#ids.delete(txId);
    this.#byHeight.delete(validUntilHeight);
  }

  /** Whether an id stands in the state: it was in a block and has not left the window. */
  has(txId: Hash): boolean {
    return this.#ids.has(txId);
  }
}
