import {
  assert,
  bytesFromHex,
  type CborValue,
  type Contract,
  type Genesis,
  genesisValidatorSet,
  observersTable,
  parametersTable,
  stateKey,
  type Table,
  validatorSetsTable,
} from '@triflow/protocol';
import { encodeRecord } from './decodeRecord.js';
import { genesisParameters } from './registry.js';
import { StateOverlay } from './stateOverlay.js';
import type { StateChange } from './stateTree.js';

/**
 * The first state: parameters, validator set, observers and each contract's own first records.
 * The contracts are the enabled ones, in the document's order.
 */
export function genesisState(genesis: Genesis, contracts: readonly Contract[]): StateChange[] {
  const overlay = new StateOverlay({ get: () => undefined });
  const put = <T>(table: Table<T>, parts: readonly string[], record: T): void => {
    overlay.put(stateKey(table, parts), encodeRecord(table, record));
  };
  const values = genesis.parameters as unknown as Record<string, number>;
  put(parametersTable, ['consensus'], { values });
  put(validatorSetsTable, ['all'], {
    sets: [{ fromHeight: 1, validators: [...genesisValidatorSet(genesis)] }],
    earlier: [],
  });
  put(observersTable, ['all'], { observers: genesis.observers });
  const parties = genesis.parties.map((party) => ({
    ...party,
    keys: party.keys.map((key) => ({ ...key, publicKey: bytesFromHex(key.publicKey) })),
  }));
  for (const contract of contracts) {
    const given = genesis.contracts.find((one) => one.name === contract.name)?.parameters ?? {};
    const { values: set, unknown } = genesisParameters(contract, given);
    assert(unknown === undefined, `genesis: ${contract.name} has no parameter ${unknown}`);
    const record = Object.fromEntries(
      Object.entries(set).map(([name, value]) => [name, value as CborValue]),
    );
    put(parametersTable, [contract.name], { values: record as never });
    contract.genesis?.({
      timeMs: genesis.timeMs,
      parties,
      validators: genesisValidatorSet(genesis),
      put: (table, parts, value) => {
        assert(table.contract === contract.name, `genesis: ${contract.name} writes elsewhere`);
        put(table, parts, value);
      },
    });
  }
  return overlay.changes();
}
