import {
  digestText,
  hasher,
  hashOf,
  sha256,
  validatePublicKey,
  verifySignature,
} from '@triflow/crypto';
import {
  assert,
  type CborMap,
  type CborValue,
  type ChainBinding,
  commonStatus,
  type Day,
  dayFromTime,
  encodeCanonical,
  type Hash,
  isKeyPart,
  type LedgerEvent,
  limits,
  type ObjectKind,
  type ParameterValue,
  type PartyId,
  parametersAt,
  parametersTable,
  type Status,
  stateKey,
  type Table,
  type WriteContext,
} from '@triflow/protocol';
import { decodeRecord, encodeRecord } from './decodeRecord.js';
import type { ContractRegistry } from './registry.js';
import type { StateOverlay } from './stateOverlay.js';

/** Thrown through a command that asks for more than its bounds; the executor makes it a status. */
export class BoundExceeded extends Error {
  override readonly name = 'BoundExceeded';
}

/** What a command may know of the chain beyond its state. */
export interface CommittedChain {
  readonly chain: ChainBinding;
  readonly blockIdAt: (height: number) => Hash | undefined;
}

/** What all commands of one transaction share. */
export interface TransactionScope {
  readonly registry: ContractRegistry;
  readonly overlay: StateOverlay;
  readonly sender: PartyId;
  readonly keyId: string;
  readonly txId: Hash;
  readonly committed: CommittedChain;
  readonly height: number;
  readonly timeMs: number;
  readonly events: LedgerEvent[];
}

/** One command's counters, shared with the internal commands that it calls. */
interface CommandScope {
  readonly commandIndex: number;
  reads: number;
  writes: number;
  calls: number;
  ids: number;
}

/** The context of a command or internal command of one contract. */
export class CommandContext implements WriteContext {
  readonly sender: PartyId;
  readonly keyId: string;
  readonly txId: Hash;
  readonly commandIndex: number;
  readonly height: number;
  readonly timeMs: number;
  readonly day: Day;
  readonly chain: ChainBinding;
  readonly #scope: TransactionScope;
  readonly #command: CommandScope;
  readonly #contract: string;
  readonly #depth: number;

  constructor(scope: TransactionScope, contract: string, command: CommandScope, depth: number) {
    this.#scope = scope;
    this.#contract = contract;
    this.#command = command;
    this.#depth = depth;
    this.sender = scope.sender;
    this.keyId = scope.keyId;
    this.txId = scope.txId;
    this.commandIndex = command.commandIndex;
    this.height = scope.height;
    this.timeMs = scope.timeMs;
    this.day = dayFromTime(scope.timeMs);
    this.chain = scope.committed.chain;
  }

  get<T>(table: Table<T>, ...parts: string[]): T | undefined {
    this.#command.reads += 1;
    if (this.#command.reads > limits.readsPerCommandMax) throw new BoundExceeded('reads');
    // No record stands under what cannot be a key.
    if (!parts.every(isKeyPart)) return undefined;
    const bytes = this.#scope.overlay.get(stateKey(table, parts));
    return bytes === undefined ? undefined : decodeRecord(table, bytes);
  }

  put<T>(table: Table<T>, parts: readonly string[], record: T): void {
    const key = this.#writableKey(table, parts);
    const bytes = encodeRecord(table, record);
    if (bytes.length > limits.stateValueBytesMax) throw new BoundExceeded('value');
    this.#scope.overlay.put(key, bytes);
  }

  remove(table: Pick<Table<unknown>, 'contract' | 'name'>, ...parts: string[]): void {
    this.#scope.overlay.remove(this.#writableKey(table, parts));
  }

  emit(type: string, subject: string, data: CborMap): void {
    const { events } = this.#scope;
    if (events.length >= limits.eventsPerTransactionMax) throw new BoundExceeded('events');
    events.push({ contract: this.#contract, type, subject, data });
  }

  newId(kind: ObjectKind): string {
    this.#command.ids += 1;
    const seed: CborValue = [this.txId, this.commandIndex, this.#command.ids];
    return `${kind}_${hashOf(encodeCanonical(['triflow/id/1', seed])).slice(0, 24)}`;
  }

  call(contract: string, name: string, params: CborMap): Status {
    this.#command.calls += 1;
    const tooDeep = this.#depth >= limits.callDepthMax;
    if (tooDeep || this.#command.calls > limits.callsPerCommandMax) {
      throw new BoundExceeded('calls');
    }
    const target = this.#scope.registry.contracts.get(contract);
    if (target === undefined) return commonStatus('contract_not_found');
    const internal = target.internals.get(name);
    assert(internal !== undefined, `call: ${contract} has no internal command ${name}`);
    assert(
      internal.callers.includes(this.#contract),
      `call: ${this.#contract} may not call ${contract}.${name}`,
    );
    const context = new CommandContext(this.#scope, contract, this.#command, this.#depth + 1);
    return internal.run(context, params);
  }

  parameter<T extends ParameterValue>(name: string): T {
    const record = this.get(parametersTable, this.#contract);
    const values = record === undefined ? undefined : parametersAt(record, this.height);
    const fallback = this.#scope.registry.contracts.get(this.#contract)?.parameters[name];
    const value = values?.[name] ?? fallback;
    assert(value !== undefined, `parameter: ${this.#contract} has no parameter ${name}`);
    return value as T;
  }

  digest(domain: string, value: CborValue): string {
    return digestText(domain, value);
  }

  merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
    return hasher.merkleRoot(leaves);
  }

  hash(bytes: Uint8Array): Uint8Array {
    return sha256(bytes);
  }

  isValidKey(suite: string, publicKey: Uint8Array): boolean {
    return validatePublicKey(suite, publicKey).ok;
  }

  verifySignature(
    suite: string,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    return verifySignature(suite, publicKey, message, signature);
  }

  blockId(height: number): Hash | undefined {
    const known = height < this.height && height >= this.height - limits.readinessAgeMax;
    return known ? this.#scope.committed.blockIdAt(height) : undefined;
  }

  #writableKey(table: Pick<Table<unknown>, 'contract' | 'name'>, parts: readonly string[]): string {
    assert(table.contract === this.#contract, `${this.#contract} writes into ${table.contract}`);
    this.#command.writes += 1;
    if (this.#command.writes > limits.writesPerCommandMax) throw new BoundExceeded('writes');
    return stateKey(table, parts);
  }
}

/** Counters for a fresh command. */
export function commandScope(commandIndex: number): CommandScope {
  return { commandIndex, reads: 0, writes: 0, calls: 0, ids: 0 };
}
