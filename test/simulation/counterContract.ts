import { type Contract, commonStatus, OK, type Table } from '@triflow/protocol';
import { z } from 'zod';

const counterSchema = z.strictObject({ value: z.number().int() });

export const counterTable: Table<z.infer<typeof counterSchema>> = {
  contract: 'counter',
  name: 'counter',
  schema: counterSchema,
};

/** The smallest contract that shows lost, repeated and reordered transactions: named counters. */
export const counterContract: Contract = {
  name: 'counter',
  version: 1,
  tables: [counterTable as unknown as Table<never>],
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
};
