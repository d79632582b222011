import type { Execution } from '@triflow/ledger';
import { decodeCanonical, type Hash, hexFromBytes, type ValidatorId } from '@triflow/protocol';

/** What must hold at every step, whatever the faults (testing section 3). */
export class Checkers {
  readonly failures: string[] = [];
  readonly #values = new Map<number, Hash>();
  readonly #roots = new Map<number, Hash>();
  readonly #heads = new Map<ValidatorId, number>();
  readonly #signed = new Map<string, string>();
  readonly #acknowledged = new Map<Hash, ValidatorId>();
  readonly #executedAt = new Map<Hash, number>();
  #commits = 0;

  /** I1 agreement, I8 equal roots, I10 once only, I15 each height once and in order. */
  committed(id: ValidatorId, height: number, valueId: Hash, execution: Execution): void {
    this.#commits += 1;
    const agreed = this.#values.get(height);
    if (agreed !== undefined && agreed !== valueId) {
      this.fail(`I1: ${id} commits ${valueId} at ${height}, others ${agreed}`);
    }
    this.#values.set(height, valueId);
    const root = this.#roots.get(height);
    if (root !== undefined && root !== execution.stateRoot) {
      this.fail(`I8: ${id} has another state root at ${height}`);
    }
    this.#roots.set(height, execution.stateRoot);
    const head = this.#heads.get(id) ?? 0;
    // After a crash the last block may be applied again from the log.
    if (height !== head + 1) this.fail(`I15: ${id} commits ${height} after ${head}`);
    this.#heads.set(id, height);
    for (const txId of execution.txIds) {
      const before = this.#executedAt.get(txId);
      if (before !== undefined && before !== height) {
        this.fail(`I10: ${txId} executes at ${before} and ${height}`);
      }
      this.#executedAt.set(txId, height);
    }
  }

  /** I4: one signed byte string per slot and key, across crashes. */
  signed(id: ValidatorId, bytes: Uint8Array): void {
    const decoded = decodeCanonical(bytes);
    if (!decoded.ok || !Array.isArray(decoded.value)) return this.fail('I4: unreadable message');
    const [domain, , , height, round] = decoded.value as unknown[];
    const slot = `${id} ${domain} ${height}/${round}`;
    const hex = hexFromBytes(bytes);
    const before = this.#signed.get(slot);
    if (before !== undefined && before !== hex) this.fail(`I4: ${slot} signed twice`);
    this.#signed.set(slot, hex);
    return undefined;
  }

  /** A node took a transaction into its mempool, which lives in memory. */
  acknowledged(txId: Hash, by: ValidatorId): void {
    this.#acknowledged.set(txId, by);
  }

  /** What only the crashed node may have held is its client's to send again. */
  crashed(id: ValidatorId): void {
    for (const [txId, by] of this.#acknowledged) if (by === id) this.#acknowledged.delete(txId);
  }

  /** A node that lost its disk commits from height 1 again. */
  wiped(id: ValidatorId): void {
    this.#heads.delete(id);
  }

  fatal(id: ValidatorId, error: unknown): void {
    this.fail(`${id} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }

  /** Acknowledged transactions that no block holds yet. */
  pending(): Hash[] {
    return [...this.#acknowledged.keys()].filter((txId) => !this.#executedAt.has(txId));
  }

  counts(): { commits: number; heights: number; transactions: number } {
    const transactions = this.#executedAt.size;
    return { commits: this.#commits, heights: this.#values.size, transactions };
  }
}
