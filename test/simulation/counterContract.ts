import { type Contract, commonStatus, OK, partyKeyTable, type Table } from '@triflow/protocol';
import { z } from 'zod';

const counterSchema = z.strictObject({ value: z.number().int() });

export const counterTable: Table<z.infer<typeof counterSchema>> = {
  contract: 'party-registry',
  name: 'counter',
  schema: counterSchema,
};

/**
 * The smallest contract that shows lost, repeated and reordered transactions: named counters. It
 * stands in for the party registry, so that signatures are judged by the keys of genesis.
 */
export const counterContract: Contract = {
  name: 'party-registry',
  version: 1,
  tables: [partyKeyTable as unknown as Table<never>, counterTable as unknown as Table<never>],
  statusCodes: {},
  parameters: {},
  internals: new Map(),
  queries: new Map(),
  commands: new Map([
    [
      'add',
      (context, params) => {
        const { name } = params;
        if (typeof name !== 'string') return commonStatus('params_are_invalid');
        const value = (context.get(counterTable, name)?.value ?? 0) + 1;
        context.put(counterTable, [name], { value });
        context.emit('counter.added', name, { value });
        return OK;
      },
    ],
  ]),
  genesis: (context) => {
    for (const { id, keys } of context.parties) {
      for (const key of keys) {
        context.put(partyKeyTable, [id, key.keyId], { party: id, ...key, fromHeight: 1 });
      }
    }
  },
};
