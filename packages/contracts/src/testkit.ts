import {
  type ContractRegistry,
  createRegistry,
  decodeRecord,
  encodeRecord,
  executeTransaction,
  genesisParameters,
  StateOverlay,
} from '@triflow/ledger';
import {
  assert,
  type CborMap,
  type CborValue,
  type Contract,
  compareText,
  consensusParametersSchema,
  decodeCanonical,
  defined,
  encodeCanonical,
  type Hash,
  hashFromHex,
  hexFromBytes,
  isCborMap,
  isPartyId,
  type LedgerEvent,
  limits,
  type ParameterValue,
  type PartyId,
  parametersTable,
  type QueryReader,
  recentTxTable,
  stateKey,
  type Table,
  type TimeMs,
  type ValidatorSet,
  validatorSetsTable,
} from '@triflow/protocol';
import { costOf } from './commandCosts.js';
import { pendingTable } from './pending.js';
import type { Role } from './roles.js';

/** 2026-01-05 09:00 in Beijing, a Monday. */
const START_MS = 1_767_574_800_000;
const BLOCK_MS = 1_000;
/** With which a party signs as long as a test says no other. */
const KEY_ID = 'main';

/** The id that the testkit gives to the block of a height. */
export function blockIdOf(height: number): Hash {
  const id = hashFromHex(height.toString(16).padStart(64, 'b'));
  return defined(id, 'testkit: height makes no id');
}

/** What signatures are bound to in the testkit's chain. */
export const COMMITTED = {
  chain: { chainId: 'testkit', genesisHash: blockIdOf(0) },
  blockIdAt: blockIdOf,
} as const;

/** What stands before the first command. */
export interface Given {
  readonly contracts: readonly Contract[];
  /** Alias to roles; the alias names the party in every step. */
  readonly parties: Readonly<Record<string, readonly Role[]>>;
  readonly startMs?: TimeMs;
  /** The chain's validators; none if the contracts do not care. */
  readonly validators?: ValidatorSet;
  /** Contract name to parameters that differ from its defaults. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;
}

/** A transaction that a world has executed, for those who look on: its keys, and itself again. */
export interface Executed {
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** Who signed, and everybody of the world. */
  readonly signer: PartyId;
  readonly parties: readonly PartyId[];
  /** Distinct keys read from the state, and written. */
  readonly reads: number;
  readonly writes: number;
  /** Executes it once more on the state before it, without effect. */
  readonly again: () => void;
  /** What would come of it under another's signature, and whether it would leave a write. */
  readonly signedBy: (party: PartyId) => { readonly outcome: Outcome; readonly wrote: boolean };
  /** The state before it. */
  readonly before: (key: string) => Uint8Array | undefined;
}

/** Who looks on at every transaction of every world of this process. */
export const onlookers: ((executed: Executed) => void)[] = [stopOverCost];

/** How a transaction ended, as a client learns it. */
export interface Outcome {
  readonly contract: string;
  readonly number: number;
  readonly code: string;
  readonly events: readonly LedgerEvent[];
}

export interface Step {
  readonly contract: string;
  readonly name: string;
  readonly params: CborMap;
}

/** A chain of one node without signatures: every transaction is a block of its own. */
export interface World {
  readonly id: (alias: string) => PartyId;
  /** One command, one transaction. */
  readonly submit: (alias: string, contract: string, name: string, params: CborMap) => Outcome;
  /** Several commands in one transaction: all or none. */
  readonly submitAll: (alias: string, steps: readonly Step[]) => Outcome;
  /** Signs the command last opened on an object. */
  readonly countersign: (alias: string, contract: string, id: string) => Outcome;
  /** Opens a command and has the others sign in turn; the first refusal ends it. */
  readonly agree: (
    aliases: readonly string[],
    contract: string,
    name: string,
    params: CborMap,
  ) => Outcome;
  readonly read: <T>(table: Table<T>, ...parts: string[]) => T | undefined;
  /** From here on a party signs with this key of its. */
  readonly useKey: (alias: string, keyId: string) => void;
  /** A record that must be there. */
  readonly must: <T>(table: Table<T>, ...parts: string[]) => T;
  readonly records: <T>(table: Table<T>) => readonly T[];
  /** Writes a record that no command of a first version makes. */
  readonly plant: <T>(table: Table<T>, parts: readonly string[], record: NoInfer<T>) => void;
  readonly nowMs: () => TimeMs;
  readonly advance: (ms: number) => void;
  readonly setTime: (timeMs: TimeMs) => void;
  /** The whole state as text, recent transaction ids left out: equal texts, equal states. */
  readonly fingerprint: () => string;
  /** Grows with every write, that of a transaction's id left out. */
  readonly revision: () => number;
  /** A reader for the contracts' queries at the last height. */
  readonly reader: () => QueryReader;
  /** Another world that stands where this one does. */
  readonly fork: () => World;
}

interface Entry<T> {
  readonly id: string;
  readonly record: T;
}

interface Chain {
  readonly keyIds: Map<string, string>;
  readonly state: Map<string, Uint8Array>;
  readonly lastPending: Map<string, string>;
  /** Records by the beginning of their keys, as long as nothing is written there. */
  readonly listed: Map<string, readonly Entry<unknown>[]>;
  revision: number;
  height: number;
  timeMs: TimeMs;
}

const RECENT = `${recentTxTable.contract}/${recentTxTable.name}/`;

/** A world with parties and contracts, ready for `when` steps. */
export function given(options: Given): World {
  const chain: Chain = {
    state: new Map(),
    lastPending: new Map(),
    keyIds: new Map(),
    listed: new Map(),
    revision: 0,
    height: 1,
    timeMs: options.startMs ?? START_MS,
  };
  writeGenesis(chain, options);
  return worldOf(options, createRegistry(options.contracts), chain);
}

function worldOf(options: Given, registry: ContractRegistry, chain: Chain): World {
  const parties = Object.keys(options.parties).map((alias) => partyId(options, alias));
  const submitAll = (alias: string, steps: readonly Step[]): Outcome => {
    chain.height += 1;
    chain.timeMs += BLOCK_MS;
    const read = new Set<string>();
    const before = {
      get: (key: string) => {
        read.add(key);
        return chain.state.get(key);
      },
    };
    const overlay = new StateOverlay(before);
    const transaction = {
      sender: partyId(options, alias),
      keyId: chain.keyIds.get(alias) ?? KEY_ID,
      commands: steps.map((step) => ({ ...step, params: asReceived(step.params) })),
      validUntilHeight: chain.height + 1,
      txId: txIdOf(chain.height),
    };
    const place = { height: chain.height, timeMs: chain.timeMs, index: 0 };
    const position = { committed: COMMITTED, ...place };
    const { result } = executeTransaction(registry, overlay, transaction, position);
    const outcome = outcomeOf(result);
    const fresh = () => new StateOverlay({ get: (key) => chain.state.get(key) });
    const signer = transaction.sender;
    for (const look of onlookers) {
      look({
        steps: transaction.commands,
        outcome,
        signer,
        parties,
        reads: read.size,
        writes: overlay.size,
        again: () => executeTransaction(registry, fresh(), transaction, position),
        signedBy: (sender) => {
          const other = fresh();
          const signed = { ...transaction, sender, keyId: KEY_ID };
          const { result } = executeTransaction(registry, other, signed, position);
          return { outcome: outcomeOf(result), wrote: other.size > 1 };
        },
        before: (key) => chain.state.get(key),
      });
    }
    applyChanges(chain, overlay);
    notePending(chain, outcome.events);
    return outcome;
  };
  const submit: World['submit'] = (alias, contract, name, params) =>
    submitAll(alias, [{ contract, name, params }]);
  const countersign: World['countersign'] = (alias, contract, id) => {
    const pendingId = defined(chain.lastPending.get(`${contract}/${id}`), `no pending on ${id}`);
    return submit(alias, contract, 'countersign', { id, pendingId });
  };
  return {
    id: (alias) => partyId(options, alias),
    submit,
    submitAll,
    countersign,
    useKey: (alias, keyId) => chain.keyIds.set(alias, keyId),
    agree: (aliases, contract, name, params) => {
      const [opener, ...others] = aliases;
      const opened = submit(defined(opener, 'agree: no opener'), contract, name, params);
      let last = opened;
      for (const alias of others) {
        if (last.number !== 0) return last;
        const subject = defined(pendingSubject(opened), 'agree: nothing to sign');
        last = countersign(alias, contract, subject);
      }
      return last;
    },
    fork: () => worldOf(options, registry, copyOf(chain)),
    ...stateAccess(chain),
  };
}

function copyOf(chain: Chain): Chain {
  return {
    ...chain,
    keyIds: new Map(chain.keyIds),
    state: new Map(chain.state),
    lastPending: new Map(chain.lastPending),
    listed: new Map(chain.listed),
  };
}

/** The command that a step was: a last signature is the command that it completes. */
export function commandOf({ steps, outcome }: Pick<Executed, 'steps' | 'outcome'>): string {
  const [step] = steps;
  if (step === undefined || steps.length > 1) return 'several commands';
  const completed = outcome.events.find((event) => event.type === 'pending.completed');
  const name = step.name === 'countersign' ? completed?.data.command : step.name;
  return `${step.contract}.${String(name ?? step.name)}`;
}

/** R14: no command of any test touches more keys than it declares. */
function stopOverCost(executed: Executed): void {
  const { steps, reads, writes } = executed;
  const name = commandOf(executed);
  const names = steps.length === 1 ? [name] : steps.map((step) => `${step.contract}.${step.name}`);
  const declared = names.map((one) => costOf(one));
  const readsMax = declared.reduce((sum, cost) => sum + cost.reads, 0);
  const writesMax = declared.reduce((sum, cost) => sum + cost.writes, 0);
  const within = reads <= readsMax && writes <= writesMax;
  assert(within, `R14: ${names.join(', ')} read ${reads} and wrote ${writes} keys`);
}

function outcomeOf({ contract, number, code, events }: Outcome): Outcome {
  return { contract, number, code, events };
}

function stateAccess(
  chain: Chain,
): Omit<World, 'id' | 'submit' | 'submitAll' | 'countersign' | 'agree' | 'useKey' | 'fork'> {
  const read: World['read'] = (table, ...parts) => {
    const bytes = chain.state.get(stateKey(table, parts));
    return bytes === undefined ? undefined : decodeRecord(table, bytes);
  };
  return {
    read,
    must: (table, ...parts) => defined(read(table, ...parts), `no ${table.name} ${parts}`),
    records: (table) => entries(chain, table).map((entry) => entry.record),
    plant: (table, parts, record) => {
      write(chain, stateKey(table, parts), encodeRecord(table, record));
    },
    nowMs: () => chain.timeMs,
    advance: (ms) => {
      chain.timeMs += ms;
    },
    setTime: (timeMs) => {
      assert(timeMs >= chain.timeMs, 'testkit: time goes forward');
      chain.timeMs = timeMs;
    },
    fingerprint: () => {
      const keys = [...chain.state.keys()].filter((key) => !key.startsWith(RECENT));
      return keys
        .sort(compareText)
        .map(
          (key) => `${key}=${hexOf(defined(chain.state.get(key), 'testkit: key without value'))}`,
        )
        .join('\n');
    },
    revision: () => chain.revision,
    reader: () => queryReader(chain),
  };
}

function partyId(options: Given, alias: string): PartyId {
  assert(options.parties[alias] !== undefined, `testkit: no party ${alias}`);
  const id = `uscc:TEST-${alias}`;
  assert(isPartyId(id), `testkit: ${alias} makes no party id`);
  return id;
}

function txIdOf(height: number): Hash {
  const id = hashFromHex(height.toString(16).padStart(64, '0'));
  return defined(id, 'testkit: height makes no id');
}

function writeGenesis(chain: Chain, options: Given): void {
  const { validators = [] } = options;
  const put = <T>(table: Table<T>, parts: readonly string[], record: T): void => {
    chain.state.set(stateKey(table, parts), encodeRecord(table, record));
  };
  if (validators.length > 0) {
    const sets = [{ fromHeight: 1, validators: [...validators] }];
    put(validatorSetsTable, ['all'], { sets, earlier: [] });
    const values: Record<string, number> = consensusParametersSchema.parse({});
    put(parametersTable, ['consensus'], { values });
  }
  const parties = Object.entries(options.parties).map(([alias, roles]) => ({
    id: partyId(options, alias),
    name: `${alias} company`,
    roles,
    sizeClass: 'medium',
    keys: [],
  }));
  for (const contract of options.contracts) {
    const set = options.parameters?.[contract.name] ?? {};
    const { values, unknown } = genesisParameters(contract, set);
    assert(unknown === undefined, `testkit: ${contract.name} has no parameter ${unknown}`);
    const copy = Object.entries(values).map(([name, value]) => [name, listOrValue(value)]);
    put(parametersTable, [contract.name], { values: Object.fromEntries(copy) });
    contract.genesis?.({ timeMs: chain.timeMs, parties, validators, put });
  }
}

function listOrValue(value: ParameterValue): CborValue {
  return typeof value === 'object' ? [...value] : value;
}

/** Parameters as a node receives them: through canonical bytes, so small bigints are numbers. */
function asReceived(params: CborMap): CborMap {
  const decoded = decodeCanonical(encodeCanonical(params));
  assert(decoded.ok && isCborMap(decoded.value), 'testkit: parameters are not canonical');
  return decoded.value;
}

/** Values are replaced and never changed. */
const hexTexts = new WeakMap<Uint8Array, string>();

function hexOf(value: Uint8Array): string {
  const hex = hexTexts.get(value) ?? hexFromBytes(value);
  hexTexts.set(value, hex);
  return hex;
}

function applyChanges(chain: Chain, overlay: StateOverlay): void {
  for (const { key, value } of overlay.changes()) write(chain, key, value);
}

function write(chain: Chain, key: string, value: Uint8Array | null): void {
  if (value === null) chain.state.delete(key);
  else chain.state.set(key, value);
  if (key.startsWith(RECENT)) return;
  chain.revision += 1;
  chain.listed.delete(key.slice(0, key.indexOf('/', key.indexOf('/') + 1) + 1));
}

function notePending(chain: Chain, events: readonly LedgerEvent[]): void {
  for (const { contract, type, subject, data } of events) {
    if (type !== 'pending.opened') continue;
    chain.lastPending.set(`${contract}/${subject}`, String(data.pendingId));
  }
}

function pendingSubject(outcome: Outcome): string | undefined {
  return outcome.events.find((event) => event.type === 'pending.opened')?.subject;
}

function entries<T>(chain: Chain, table: Table<T>): readonly Entry<T>[] {
  const prefix = `${table.contract}/${table.name}/`;
  const known = chain.listed.get(prefix);
  if (known !== undefined) return known as readonly Entry<T>[];
  const keys = [...chain.state.keys()].filter((key) => key.startsWith(prefix));
  const found = keys.sort(compareText).map((key) => ({
    id: key.slice(prefix.length),
    record: decodeRecord(table, defined(chain.state.get(key), 'testkit: key without value')),
  }));
  chain.listed.set(prefix, found);
  return found;
}

function queryReader(chain: Chain): QueryReader {
  return {
    height: chain.height,
    timeMs: chain.timeMs,
    get: (table, ...parts) => {
      const bytes = chain.state.get(stateKey(table, parts));
      return Promise.resolve(bytes === undefined ? undefined : decodeRecord(table, bytes));
    },
    list: (table, { index, after, limit }) => {
      assert(limit <= limits.listPageMax, 'testkit: list past its limit');
      const found = entries(chain, table).filter(({ id, record }) => {
        const values = index === undefined ? [] : (table.indexes?.[index.name]?.(record) ?? []);
        const fits = index === undefined || values.includes(index.value);
        return fits && (after === undefined || compareText(id, after) > 0);
      });
      return Promise.resolve(found.slice(0, limit));
    },
  };
}

/** The pending commands of a contract, for tests that look at them. */
export function pendingsOf(contract: string): ReturnType<typeof pendingTable>['pending'] {
  return pendingTable(contract).pending;
}
