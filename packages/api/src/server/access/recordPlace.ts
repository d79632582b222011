import {
  isObjectId,
  isPartyId,
  type ObjectKind,
  type QueryReader,
  stateKey,
  type Table,
} from '@triflow/protocol';
import type { BackendRegistry } from '../backend.js';

const PARTY_TABLE = 'party-registry/party';
/** What the ledger and governance keep is about the chain itself (domain section 6: anyone). */
const CHAIN_CONTRACTS = new Set(['ledger', 'governance']);

/** A record with the place where it stands. */
export interface RecordPlace {
  readonly table: Table<unknown>;
  readonly parts: readonly string[];
  readonly record: unknown;
}

/** A registry's table by `contract/name`. */
export function tableByName(registry: BackendRegistry, name: string): Table<unknown> | undefined {
  return registry.tables.get(name) as Table<unknown> | undefined;
}

/** Whether a state key belongs to the chain itself, such as parameters and validators. */
export function isChainKey(key: string): boolean {
  return CHAIN_CONTRACTS.has(key.split('/')[0] ?? '');
}

/** The table that holds an object or a party, by its id. */
export function tableOfId(registry: BackendRegistry, id: string): Table<unknown> | undefined {
  if (isPartyId(id)) return tableByName(registry, PARTY_TABLE);
  if (!isObjectId(id)) return undefined;
  const kind = id.slice(0, 2) as ObjectKind;
  for (const table of registry.tables.values()) {
    if (table.objectKind === kind) return table as unknown as Table<unknown>;
  }
  return undefined;
}

/** The record under an object id or a state key; undefined where there is none. */
export async function placeOf(
  registry: BackendRegistry,
  view: QueryReader,
  reference: string,
): Promise<RecordPlace | undefined> {
  const [contract = '', name = '', ...rest] = reference.split('/');
  const isKey = reference.includes('/');
  const table = isKey
    ? tableByName(registry, `${contract}/${name}`)
    : tableOfId(registry, reference);
  if (table === undefined) return undefined;
  const parts = isKey ? rest : [reference];
  const record = await view.get(table, ...parts);
  return record === undefined ? undefined : { table, parts, record };
}

/** The state key of a place. */
export function keyOfPlace({ table, parts }: RecordPlace): string {
  return stateKey(table, parts);
}
