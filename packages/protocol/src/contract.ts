import type { z } from 'zod';
import { assert } from './assert.js';
import type { CborMap, CborValue } from './encoding.js';
import type { Hash, ObjectKind, PartyId } from './ids.js';
import { limits } from './limits.js';
import type { ChainBinding } from './signBytes.js';
import type { Status } from './statusCodes.js';
import type { Day, TimeMs } from './time.js';
import type { ValidatorSet } from './validatorSet.js';

/**
 * One kind of record of one contract. State keys are text, `contract/table/part/part`; a part has
 * no slash. `indexes` name the ways a list of these records may be asked for.
 */
export interface Table<T> {
  readonly contract: string;
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Set for tables whose records are objects of their own in the API. */
  readonly objectKind?: ObjectKind;
  /** Index name to the values under which a record is found; no value, not in the index. */
  readonly indexes?: Readonly<Record<string, (record: T) => readonly string[]>>;
  /** Whole numbers of a record by which lists are bounded (`<name>Gte`, `<name>Lte`) and sorted. */
  readonly measures?: Readonly<Record<string, (record: T) => bigint | number | undefined>>;
  /** Who may read a record; left out, the parties named in it or in its key. */
  readonly visibility?: Visibility<T>;
}

/**
 * Who may read a record through a node's API (domain section 6): always the whole record or
 * nothing of it, because a proof opens a whole value. A REGULATOR may read everything.
 */
export interface Visibility<T> {
  /** Anyone, also without a login: always, or while a record is of this form. */
  readonly anyone?: true | ((record: T) => boolean);
  /**
   * The parties that may read it. Left out: every party named in the record or in its key; where
   * these name none, whoever may read an object that the key names.
   */
  readonly parties?: (record: T, keyParts: readonly string[]) => readonly string[];
  /** Whoever may read one of these may read it too: object ids, or state keys. */
  readonly as?: (record: T, keyParts: readonly string[]) => readonly string[];
  /**
   * Where later records point back to this one: whoever may read a record found in the index
   * under this record's id may read its origin too (the chain of origin).
   */
  readonly originOf?: readonly RecordsByIndex[];
}

/** Records of `contract/table` that an index of theirs finds under an id. */
export interface RecordsByIndex {
  readonly table: string;
  readonly index: string;
}

const KEY_PART = /^[\x21-\x2e\x30-\x7e]{1,128}$/;

/** The state key of a record: printable ASCII, so that text order is byte order. */
export function stateKey(
  table: Pick<Table<unknown>, 'contract' | 'name'>,
  parts: readonly string[],
): string {
  for (const part of parts) assert(KEY_PART.test(part), `stateKey: bad part ${part}`);
  const key = [table.contract, table.name, ...parts].join('/');
  assert(key.length <= limits.stateKeyBytesMax, 'stateKey: too long');
  return key;
}

/** Whether text can be a part of a state key. */
export function isKeyPart(text: string): boolean {
  return KEY_PART.test(text);
}

/** What a command may see. Every read is of committed state plus this transaction's own writes. */
export interface ReadContext {
  readonly sender: PartyId;
  /** Which of the sender's keys signed: its record may name the person who holds it. */
  readonly keyId: string;
  readonly txId: Hash;
  readonly commandIndex: number;
  /** Height of the block that will commit this. */
  readonly height: number;
  /** Block time: the legal time of the act (domain R5). */
  readonly timeMs: TimeMs;
  readonly day: Day;
  /** A record, freshly decoded; changing it changes nothing. */
  get<T>(table: Table<T>, ...parts: string[]): T | undefined;
  /** A parameter of the running contract, in force at this height. */
  parameter<T extends ParameterValue>(name: string): T;
  /** `sha256:` digest of a value's canonical bytes under a domain text of the caller's. */
  digest(domain: string, value: CborValue): string;
  /** RFC 9162 root over leaves, by the chain's suite. */
  merkleRoot(leaves: readonly Uint8Array[]): Uint8Array;
  /** Hash by the chain's suite. */
  hash(bytes: Uint8Array): Uint8Array;
  /** Whether a public key of a suite is canonical, torsion-free and not of small order. */
  isValidKey(suite: string, publicKey: Uint8Array): boolean;
  /** Whether a signature holds; by the chain's one rule, ZIP-215 for Ed25519. */
  verifySignature(
    suite: string,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  /** What signatures are bound to. */
  readonly chain: ChainBinding;
  /** Id of a committed block at most `readinessAgeMax` heights below this one, else undefined. */
  blockId(height: number): Hash | undefined;
}

/** The values that a parameter may take; of a list, each number in it. */
export type ParameterBounds =
  | { readonly min: number; readonly max: number }
  | { readonly pattern: RegExp }
  | { readonly oneOf: readonly string[] };

export type ParameterValue = number | string | boolean | readonly number[];

/** What a command may do, once its guards hold. */
export interface WriteContext extends ReadContext {
  /** Writes a record of the running contract. */
  put<T>(table: Table<T>, parts: readonly string[], record: NoInfer<T>): void;
  /** Removes a record of the running contract. */
  remove(table: Pick<Table<unknown>, 'contract' | 'name'>, ...parts: string[]): void;
  /** States a fact about an object. */
  emit(type: string, subject: string, data: CborMap): void;
  /** A fresh object id, derived from txId, command index and a counter. */
  newId(kind: ObjectKind): string;
  /**
   * Runs an internal command of another contract in the same overlay and under the same sender.
   * Anything but success must be returned by the caller: the transaction then leaves no writes.
   */
  call(contract: string, name: string, params: CborMap): Status;
}

/** A command as the ledger runs it: parameters are checked inside, by its own schema. */
export type CommandHandler = (context: WriteContext, params: CborMap) => Status;

export interface InternalCommand {
  /** The contracts that may call it; the whole graph has no cycle. */
  readonly callers: readonly string[];
  readonly run: CommandHandler;
}

/** A contract as the ledger and the node see it. */
export interface Contract {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly Table<never>[];
  readonly commands: ReadonlyMap<string, CommandHandler>;
  readonly internals: ReadonlyMap<string, InternalCommand>;
  /** Every status it can give, by code; numbers from 100. */
  readonly statusCodes: Readonly<Record<string, number>>;
  /** Parameters with their defaults; genesis may set them. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What governance may set the parameters to; a number without bounds may be 0 or more. */
  readonly parameterBounds?: Readonly<Record<string, ParameterBounds>>;
  /** First records, from the genesis document. */
  readonly genesis?: (context: GenesisContext) => void;
  readonly queries: ReadonlyMap<string, QueryHandler>;
}

export interface GenesisContext {
  readonly timeMs: TimeMs;
  readonly parties: readonly {
    readonly id: PartyId;
    readonly name: string;
    readonly roles: readonly string[];
    readonly sizeClass: string;
    readonly keys: readonly {
      readonly keyId: string;
      readonly suite: string;
      readonly publicKey: Uint8Array;
    }[];
  }[];
  readonly validators: ValidatorSet;
  put<T>(table: Table<T>, parts: readonly string[], record: NoInfer<T>): void;
}

/** Asynchronous reads at one fixed height, for queries. */
export interface QueryReader {
  readonly height: number;
  readonly timeMs: TimeMs;
  get<T>(table: Table<T>, ...parts: string[]): Promise<T | undefined>;
  /** Records of a table in key order, from after a key part; bounded by limit. */
  list<T>(
    table: Table<T>,
    options: {
      readonly index?: { readonly name: string; readonly value: string };
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<readonly { readonly id: string; readonly record: T }[]>;
}

/** `proofRef` names the state keys an answer was read from. */
export interface QueryAnswer {
  readonly data: unknown;
  readonly proofRef: readonly string[];
}

export interface QueryHandler {
  readonly params: z.ZodType;
  /**
   * Set where the answer holds only what anyone may know, though it is read from records that
   * not everyone may read. Left out, a query sees what its reader may see.
   */
  readonly openTo?: 'anyone';
  readonly run: (reader: QueryReader, params: never) => Promise<QueryAnswer>;
}
