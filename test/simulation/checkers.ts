import { isDeepStrictEqual } from 'node:util';
import { type ConsensusState, certificateCount, polkas, voteCount } from '@triflow/consensus';
import type { Execution } from '@triflow/ledger';
import {
  decodeCanonical,
  decodeEvidence,
  type Hash,
  hashFromBytes,
  hexFromBytes,
  limits,
  type PrevoteCertificate,
  type TxResult,
  type ValidatorId,
  type ValidatorSet,
} from '@triflow/protocol';

/** R-M4, beside the polkas that proposals bring. */
const CERTIFICATES_MAX = 4;

/** What a node has committed, and what its consensus held at that moment. */
export interface CommitSeen {
  readonly height: number;
  readonly valueId: Hash;
  readonly timeMs: number;
  readonly execution: Execution;
  /** The sets of the next two heights: all that is known of the future (R-S1). */
  readonly sets: readonly [ValidatorSet, ValidatorSet];
  readonly decided: ConsensusState;
}

/** What a node has kept of a block. */
export interface StoredBody {
  readonly txIds: readonly Hash[];
  readonly results: readonly TxResult[];
}

interface Precommit {
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash;
}

/** What must hold at every step, whatever the faults (testing section 3). */
export class Checkers {
  readonly failures: string[] = [];
  readonly #liars: ReadonlySet<ValidatorId>;
  readonly #values = new Map<number, Hash>();
  readonly #roots = new Map<number, string>();
  readonly #mayFallBack = new Set<ValidatorId>();
  readonly #heads = new Map<ValidatorId, number>();
  readonly #signed = new Map<string, string>();
  readonly #acknowledged = new Map<Hash, { bytes: Uint8Array; validUntilHeight: number }>();
  readonly #executedAt = new Map<Hash, number>();
  readonly #locks = new Map<ValidatorId, { height: number; round: number }>();
  /** The newest value that each one precommitted: its lock, whatever it says itself. */
  readonly #precommits = new Map<ValidatorId, Precommit>();
  readonly #times = new Map<number, number>();
  readonly #sets = new Map<number, ValidatorSet>();
  readonly #counters = new Map<string, { height: number; value: number }[]>();
  readonly #readAt = new Map<ValidatorId, number>();
  #commits = 0;
  #accused = 0;

  /** The Byzantine ones: what they hold and sign is their own affair. */
  constructor(liars: ReadonlySet<ValidatorId> = new Set()) {
    this.#liars = liars;
  }

  /** I1 agreement, I8 equal roots, I10 once only, I15 in order and decided, I16 sets as known. */
  committed(id: ValidatorId, seen: CommitSeen): void {
    if (this.#liars.has(id)) return;
    this.#commits += 1;
    const { height, valueId, execution } = seen;
    const agreed = this.#values.get(height);
    if (agreed !== undefined && agreed !== valueId) {
      this.fail(`I1: ${id} commits ${valueId} at ${height}, others ${agreed}`);
    }
    if (agreed === undefined) this.#count(height, execution.results ?? []);
    this.#values.set(height, valueId);
    const root = `${execution.stateRoot} ${execution.resultRoot}`;
    if ((this.#roots.get(height) ?? root) !== root) {
      this.fail(`I8: ${id} has another state or other results at ${height}`);
    }
    this.#roots.set(height, root);
    if ((this.#times.get(height) ?? seen.timeMs) !== seen.timeMs) {
      this.fail(`I8: ${id} has another time at ${height}`);
    }
    this.#times.set(height, seen.timeMs);
    this.#inOrder(id, seen);
    for (const [offset, set] of seen.sets.entries()) this.knowsSet(id, height + 1 + offset, set);
    this.executed(height, execution.txIds);
  }

  /** A block that was decided before a crash is committed in the start, where nobody listens. */
  committedUnheard(height: number, valueId: Hash, stored: StoredBody): void {
    if (height > 0 && !this.#values.has(height)) {
      this.#values.set(height, valueId);
      this.#count(height, stored.results);
    }
    this.executed(height, stored.txIds);
  }

  /** I10: a transaction stands in one block only, and in none above its last height. */
  executed(height: number, txIds: readonly Hash[]): void {
    for (const txId of txIds) {
      const before = this.#executedAt.get(txId);
      if (before !== undefined && before !== height) {
        this.fail(`I10: ${txId} executes at ${before} and ${height}`);
      }
      const until = this.#acknowledged.get(txId)?.validUntilHeight ?? height;
      if (height > until) this.fail(`I10: ${txId} executes at ${height}, valid until ${until}`);
      this.#executedAt.set(txId, height);
    }
  }

  /** I16, R-S1: a set that one node knows is the set that every node knows, for ever. */
  knowsSet(id: ValidatorId, height: number, set: ValidatorSet): void {
    const known = this.#sets.get(height);
    if (known !== undefined && !isDeepStrictEqual(known, set)) {
      this.fail(`I16: ${id} knows another set of ${height}`);
    }
    this.#sets.set(height, known ?? set);
  }

  setAt(height: number): ValidatorSet | undefined {
    return this.#sets.get(height);
  }

  /** I11: a read is of one committed height, and of no older one than the read before. */
  read(id: ValidatorId, height: number, name: string, value: number): void {
    if (this.#liars.has(id)) return;
    const entries = this.#counters.get(name) ?? [];
    const right = entries.findLast((entry) => entry.height <= height)?.value ?? 0;
    if (value !== right)
      this.fail(`I11: ${id} reads ${name} as ${value} at ${height}, is ${right}`);
    const before = this.#readAt.get(id) ?? 0;
    if (height < before) this.fail(`I11: ${id} answers of ${height} after ${before}`);
    this.#readAt.set(id, height);
  }

  /** A block that became durable in the very moment of a crash is there when the node is back. */
  reopened(id: ValidatorId, height: number, valueId: Hash): void {
    if (this.#liars.has(id)) return;
    const head = this.#heads.get(id) ?? 0;
    const agreed = this.#values.get(height);
    const isExpected = height < head && this.#mayFallBack.delete(id);
    if (!isExpected && (height < head || height > head + 1)) {
      this.fail(`I15: ${id} comes back at ${height}, was at ${head}`);
    } else if (height > 0 && agreed !== undefined && agreed !== valueId) {
      this.fail(`I1: ${id} comes back with ${valueId} at ${height}, others ${agreed}`);
    }
    this.#heads.set(id, height);
  }

  /** A node whose blocks are damaged, too, once comes back below where it was. */
  mayFallBack(id: ValidatorId): void {
    this.#mayFallBack.add(id);
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

  /** I4: one signed byte string per slot and key, across crashes. I5: nobody votes off its lock. */
  signed(id: ValidatorId, bytes: Uint8Array, state: ConsensusState | null): void {
    if (this.#liars.has(id)) return undefined;
    const decoded = decodeCanonical(bytes);
    if (!decoded.ok || !Array.isArray(decoded.value)) return this.fail('I4: unreadable message');
    const [domain, , , height, round, value] = decoded.value as unknown[];
    const slot = `${id} ${domain} ${height}/${round}`;
    const hex = hexFromBytes(bytes);
    const before = this.#signed.get(slot);
    if (before !== undefined && before !== hex) this.fail(`I4: ${slot} signed twice`);
    this.#signed.set(slot, hex);
    const valueId = value instanceof Uint8Array ? hashFromBytes(value) : undefined;
    if (valueId === undefined || typeof height !== 'number' || typeof round !== 'number') {
      return undefined;
    }
    if (domain === 'triflow/precommit/1') this.#precommits.set(id, { height, round, valueId });
    if (domain === 'triflow/prevote/1') this.#prevoted(id, { height, round, valueId }, state);
    return undefined;
  }

  /** I5: the locked round never falls in a height. I12: counters within R-M4. */
  looked(id: ValidatorId, state: ConsensusState): void {
    if (this.#liars.has(id)) return;
    const { height, set } = state.base;
    const round = state.locked?.round ?? -1;
    const before = this.#locks.get(id);
    const isLower = before !== undefined && before.height === height && round < before.round;
    if (isLower && !mayLetGo(state, before.round)) {
      this.fail(`I5: ${id} at ${height} unlocks ${before.round} to ${round}`);
    }
    this.#locks.set(id, { height, round });
    const precommit = this.#precommits.get(id);
    const hasForgotten = precommit?.height === height && round < precommit.round;
    if (hasForgotten && !mayLetGo(state, precommit.round)) {
      this.fail(`I5: ${id} at ${height} forgot what it precommitted in ${precommit.round}`);
    }
    const n = set.length;
    const votesMax = n * (4 * (limits.keptRounds + 1) + 2 * limits.futureRounds + 4);
    if (voteCount(state.votes) > votesMax) this.fail(`I12: ${id} holds too many votes`);
    const certificates = certificateCount(state.votes) + (state.valid === null ? 0 : 1);
    if (certificates > CERTIFICATES_MAX + polsOf(state).length) {
      this.fail(`I12: ${id} holds ${certificates} certificates`);
    }
    const roundsMax = limits.keptRounds + limits.futureRounds + 1;
    if (state.proposals.size > roundsMax + 4) this.fail(`I12: ${id} holds too many proposals`);
  }

  /** A correct node took a transaction into its mempool, which lives in memory. */
  acknowledged(txId: Hash, bytes: Uint8Array, validUntilHeight: number): void {
    this.#acknowledged.set(txId, { bytes, validUntilHeight });
  }

  /** A node's log outlives its crash, so its lock may only be forgotten with its disk. */
  crashed(id: ValidatorId): void {
    this.#locks.delete(id);
  }

  /** A node that lost its disk commits from height 1 again. */
  wiped(id: ValidatorId): void {
    this.#heads.delete(id);
    this.#precommits.delete(id);
    this.#readAt.delete(id);
  }

  /** Of its log it remembers nothing; what it decided is in the database. */
  forgotten(id: ValidatorId): void {
    this.#precommits.delete(id);
  }

  /**
   * P11: what it signed before and nobody holds any more, it may sign otherwise now: such a message
   * is lost to the world. What somebody holds, I1 to I3 and I9 look at.
   */
  vouched(id: ValidatorId): void {
    for (const slot of this.#signed.keys())
      if (slot.startsWith(`${id} `)) this.#signed.delete(slot);
  }

  fatal(id: ValidatorId, error: unknown): void {
    if (this.#liars.has(id)) return;
    this.fail(`I13: ${id} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }

  /** Acknowledged transactions that no block holds and one still may, as clients kept them. */
  pending(): Uint8Array[] {
    const height = Math.max(0, ...this.#values.keys());
    const open = [...this.#acknowledged].filter(([txId, { validUntilHeight }]) => {
      return validUntilHeight > height && !this.#executedAt.has(txId);
    });
    return open.map(([, { bytes }]) => bytes);
  }

  /** Transactions of the last clients, whatever became of them: they may come again. */
  latest(count: number): Uint8Array[] {
    return [...this.#acknowledged.values()].slice(-count).map(({ bytes }) => bytes);
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

  /** I15: each height once, in order, and only what consensus has decided (R-Y3). */
  #inOrder(id: ValidatorId, { height, valueId, decided }: CommitSeen): void {
    const head = this.#heads.get(id) ?? 0;
    if (height !== head + 1) this.fail(`I15: ${id} commits ${height} after ${head}`);
    this.#heads.set(id, height);
    const isDecided =
      decided.base.height === height &&
      decided.step === 'decided' &&
      decided.decision?.valueId === valueId;
    if (!isDecided) this.fail(`I15: ${id} commits ${height} without having decided it`);
  }

  /** I5: against its precommit only with a polka of a later round (lines 22 and 28). */
  #prevoted(id: ValidatorId, vote: Precommit, state: ConsensusState | null): void {
    const lock = this.#precommits.get(id);
    if (lock?.height !== vote.height || lock.valueId === vote.valueId) return;
    const held = state === null ? [] : [...polkas(state.votes), ...polsOf(state)];
    const newer = held.some(({ round, valueId }) => {
      return round > lock.round && round < vote.round && valueId === vote.valueId;
    });
    if (!newer && !mayLetGo(state, lock.round)) {
      this.fail(`I5: ${id} at ${vote.height}/${vote.round} votes against its lock`);
    }
  }

  /** The counters that a committed block leaves, from its events. */
  #count(height: number, results: readonly TxResult[]): void {
    for (const { type, subject, data } of results.flatMap(({ events }) => events)) {
      if (type !== 'counter.added') continue;
      const entries = this.#counters.get(subject) ?? [];
      entries.push({ height, value: Number(data.value) });
      this.#counters.set(subject, entries);
    }
  }
}

/** P11: under an operator's word a lock is let go that lies further back than votes are kept. */
function mayLetGo(state: ConsensusState | null, lockedRound: number): boolean {
  if (state === null || state.quarantine === null || state.quarantine.vouched === null)
    return false;
  return state.round - lockedRound > limits.keptRounds;
}

function polsOf({ proposals }: ConsensusState): PrevoteCertificate[] {
  return [...proposals.values()].flat().flatMap(({ proposal }) => proposal.pol ?? []);
}
