import { type ConsensusState, voteCount } from '@triflow/consensus';
import type { Execution } from '@triflow/ledger';
import {
  decodeCanonical,
  decodeEvidence,
  type Hash,
  hexFromBytes,
  limits,
  type ValidatorId,
} from '@triflow/protocol';

/** What must hold at every step, whatever the faults (testing section 3). */
export class Checkers {
  readonly failures: string[] = [];
  readonly #liars: ReadonlySet<ValidatorId>;
  readonly #values = new Map<number, Hash>();
  readonly #roots = new Map<number, Hash>();
  readonly #heads = new Map<ValidatorId, number>();
  readonly #signed = new Map<string, string>();
  readonly #acknowledged = new Map<Hash, Uint8Array>();
  readonly #executedAt = new Map<Hash, number>();
  readonly #locks = new Map<ValidatorId, { height: number; round: number }>();
  #commits = 0;
  #accused = 0;

  /** The Byzantine ones: what they hold and sign is their own affair. */
  constructor(liars: ReadonlySet<ValidatorId> = new Set()) {
    this.#liars = liars;
  }

  /** I1 agreement, I8 equal roots, I10 once only, I15 each height once and in order. */
  committed(id: ValidatorId, height: number, valueId: Hash, execution: Execution): void {
    if (this.#liars.has(id)) return;
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

  /** A block that became durable in the very moment of a crash is there when the node is back. */
  reopened(id: ValidatorId, height: number, valueId: Hash): void {
    if (this.#liars.has(id)) return;
    const head = this.#heads.get(id) ?? 0;
    const agreed = this.#values.get(height);
    if (height < head || height > head + 1) {
      this.fail(`I15: ${id} comes back at ${height}, was at ${head}`);
    } else if (height > 0 && agreed !== undefined && agreed !== valueId) {
      this.fail(`I1: ${id} comes back with ${valueId} at ${height}, others ${agreed}`);
    }
    this.#heads.set(id, height);
  }

  /** I9: no evidence against a correct validator. */
  accused(evidence: Uint8Array): void {
    const decoded = decodeEvidence(evidence);
    if (!decoded.ok) return this.fail('I9: unreadable evidence in a block');
    const { validator, height, round, kind } = decoded.value;
    this.#accused += 1;
    if (!this.#liars.has(validator)) {
      this.fail(`I9: ${validator} is accused of two ${kind}s at ${height}/${round}`);
    }
    return undefined;
  }

  /** I4: one signed byte string per slot and key, across crashes. */
  signed(id: ValidatorId, bytes: Uint8Array): void {
    if (this.#liars.has(id)) return undefined;
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

  /** I5: the locked round never falls in a height. I12: counters within R-M4. */
  looked(id: ValidatorId, state: ConsensusState): void {
    if (this.#liars.has(id)) return;
    const { height, set } = state.base;
    const round = state.locked?.round ?? -1;
    const before = this.#locks.get(id);
    if (before !== undefined && before.height === height && round < before.round) {
      this.fail(`I5: ${id} at ${height} unlocks ${before.round} to ${round}`);
    }
    this.#locks.set(id, { height, round });
    const n = set.length;
    const votesMax = n * (4 * (limits.keptRounds + 1) + 2 * limits.futureRounds + 4);
    if (voteCount(state.votes) > votesMax) this.fail(`I12: ${id} holds too many votes`);
    const roundsMax = limits.keptRounds + limits.futureRounds + 1;
    if (state.proposals.size > roundsMax + 4) this.fail(`I12: ${id} holds too many proposals`);
  }

  /** A correct node took a transaction into its mempool, which lives in memory. */
  acknowledged(txId: Hash, bytes: Uint8Array): void {
    this.#acknowledged.set(txId, bytes);
  }

  /** A node's log outlives its crash, so its lock may only be forgotten with its disk. */
  crashed(id: ValidatorId): void {
    this.#locks.delete(id);
  }

  /** A node that lost its disk commits from height 1 again. */
  wiped(id: ValidatorId): void {
    this.#heads.delete(id);
  }

  fatal(id: ValidatorId, error: unknown): void {
    if (this.#liars.has(id)) return;
    this.fail(`I13: ${id} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }

  /** Acknowledged transactions that no block holds yet, as their clients kept them. */
  pending(): Uint8Array[] {
    const open = [...this.#acknowledged].filter(([txId]) => !this.#executedAt.has(txId));
    return open.map(([, bytes]) => bytes);
  }

  counts(): { commits: number; heights: number; transactions: number; accused: number } {
    const transactions = this.#executedAt.size;
    return {
      commits: this.#commits,
      heights: this.#values.size,
      transactions,
      accused: this.#accused,
    };
  }
}
