import { contractSchemas, parties } from '@triflow/contracts/schemas';
import {
  evidenceTable,
  isKeyPart,
  isPartyId,
  limits,
  observersTable,
  parametersTable,
  recentTxTable,
  stateKey,
  type Table,
  validatorSetsTable,
} from '@triflow/protocol';
import { TriflowError } from './errors/triflowError.js';

/** A table whose record type does not matter: reading by its schema gives `unknown`. */
export type AnyTable = Pick<Table<unknown>, 'contract' | 'name' | 'schema' | 'objectKind'>;

const ledgerTables: readonly AnyTable[] = [
  evidenceTable,
  observersTable,
  parametersTable,
  recentTxTable,
  validatorSetsTable,
];
const contractTables: readonly AnyTable[] = Object.values(contractSchemas).flatMap<AnyTable>(
  ({ tables }) => [...tables],
);
const tablesByName = new Map(
  [...ledgerTables, ...contractTables].map((table) => [`${table.contract}/${table.name}`, table]),
);
const tablesByKind = new Map(
  contractTables.flatMap((table) => {
    return table.objectKind === undefined ? [] : [[table.objectKind as string, table] as const];
  }),
);

/** The table of a state key's first two parts, `contract/table`; undefined for unknown ones. */
export function recordTable(name: string): AnyTable | undefined {
  return tablesByName.get(name);
}

/** The state key of an object id, a party id, or a state key itself. `REQUEST_INVALID`. */
export function stateKeyOf(name: string): string {
  if (name.includes('/')) return requireKey(name);
  if (isPartyId(name)) return stateKey(parties, [name]);
  const table = tablesByKind.get(name.slice(0, 2));
  if (table !== undefined && name[2] === '_') return keyOf(table, [name]);
  throw new TriflowError('REQUEST_INVALID', `${name} is no id and no state key`);
}

/** The state key of a record. `REQUEST_INVALID` for parts that no key can have. */
export function keyOf(
  table: Pick<AnyTable, 'contract' | 'name'>,
  parts: readonly string[],
): string {
  return requireKey([table.contract, table.name, ...parts].join('/'));
}

function requireKey(key: string): string {
  const parts = key.split('/');
  if (parts.length >= 3 && key.length <= limits.stateKeyBytesMax && parts.every(isKeyPart)) {
    return key;
  }
  throw new TriflowError('REQUEST_INVALID', `${key} is no state key`);
}
