import {
  assert,
  type Contract,
  type Genesis,
  type ParameterValue,
  type Table,
} from '@triflow/protocol';

/** The contracts that a chain runs, with everything the ledger looks up in them. */
export interface ContractRegistry {
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Tables by `contract/name`. */
  readonly tables: ReadonlyMap<string, Table<never>>;
}

/**
 * Gathers contracts: checks that names and tables are unique and that the declared graph of
 * internal calls has no cycle (architecture section 4).
 */
export function createRegistry(contracts: readonly Contract[]): ContractRegistry {
  const byName = new Map<string, Contract>();
  const tables = new Map<string, Table<never>>();
  for (const contract of contracts) {
    assert(!byName.has(contract.name), `registry: two contracts named ${contract.name}`);
    byName.set(contract.name, contract);
    for (const table of contract.tables) {
      const id = `${table.contract}/${table.name}`;
      assert(!tables.has(id), `registry: two tables ${id}`);
      tables.set(id, table);
    }
  }
  assertAcyclic(byName);
  return { contracts: byName, tables };
}

/** The contracts that genesis enables, of those the program has; undefined names one it lacks. */
export function enabledContracts(
  genesis: Genesis,
  available: readonly Contract[],
): { readonly contracts: readonly Contract[]; readonly missing: readonly string[] } {
  const contracts: Contract[] = [];
  const missing: string[] = [];
  for (const { name, version } of genesis.contracts) {
    const found = available.find((one) => one.name === name && one.version === version);
    if (found === undefined) missing.push(`${name} version ${version}`);
    else contracts.push(found);
  }
  return { contracts, missing };
}

/** A contract's parameters as genesis sets them, over its defaults. Names it lacks are faults. */
export function genesisParameters(
  contract: Contract,
  given: Readonly<Record<string, ParameterValue>>,
): { readonly values: Readonly<Record<string, ParameterValue>>; readonly unknown?: string } {
  for (const [name, value] of Object.entries(given)) {
    const fallback = contract.parameters[name];
    if (fallback === undefined || typeof fallback !== typeof value) {
      return { values: contract.parameters, unknown: name };
    }
  }
  return { values: { ...contract.parameters, ...given } };
}

function assertAcyclic(contracts: ReadonlyMap<string, Contract>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    assert(!path.includes(name), `registry: calls in a circle: ${[...path, name].join(' > ')}`);
    if (done.has(name)) return;
    for (const internal of contracts.get(name)?.internals.values() ?? []) {
      for (const caller of internal.callers) visit(caller, [...path, name]);
    }
    done.add(name);
  };
  for (const name of contracts.keys()) visit(name, []);
}
