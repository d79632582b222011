import {
  type Contract,
  OK,
  type QueryHandler,
  quantitySchema,
  stateKey,
  type Table,
  timeSchema,
} from '@triflow/protocol';
import { z } from 'zod';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const partySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
});

export const receiptSchema = z.strictObject({
  id: z.string(),
  state: z.string(),
  holder: z.string(),
  quantity: quantitySchema,
  issuedAt: timeSchema,
  seal: bytes,
});

export type FakeReceipt = z.infer<typeof receiptSchema>;

export const partyTable: Table<z.infer<typeof partySchema>> = {
  contract: 'party-registry',
  name: 'party',
  schema: partySchema,
  indexes: { role: (party) => party.roles },
  visibility: { anyone: true },
};

export const receiptTable: Table<FakeReceipt> = {
  contract: 'warehouse-receipt',
  name: 'receipt',
  schema: receiptSchema,
  objectKind: 'wr',
  indexes: { state: (receipt) => [receipt.state], holder: (receipt) => [receipt.holder] },
  measures: { weight: (receipt) => receipt.quantity.value },
};

const issueParams = z.strictObject({
  id: z.string().regex(/^wr_[a-z0-9-]{1,60}$/),
  quantity: quantitySchema,
  issuedAt: timeSchema.optional(),
});

const heldParams = z.strictObject({
  holder: z.string(),
  valueMin: z.bigint().default(0n),
  since: timeSchema.optional(),
  states: z.array(z.string()).optional(),
  open: z.boolean().optional(),
  limit: z.number().int().min(1).max(10).optional(),
});

const held: QueryHandler = {
  params: heldParams,
  run: async (reader, params: z.infer<typeof heldParams>) => {
    const { holder } = params;
    const items = await reader.list(receiptTable, {
      index: { name: 'holder', value: holder },
      limit: params.limit ?? 10,
    });
    const data = { asked: params, total: items.length, value: 12n, seal: new Uint8Array([255]) };
    return { data, proofRef: items.map(({ id }) => stateKey(receiptTable, [id])) };
  },
};

const pagedParams = z.strictObject({
  holder: z.string(),
  after: z.string().optional(),
  limit: z.number().int().min(1).max(10).default(10),
});

const paged: QueryHandler = {
  params: pagedParams,
  run: async (reader, { holder, after, limit }: z.infer<typeof pagedParams>) => {
    const index = { name: 'holder', value: holder };
    const from = after === undefined ? {} : { after };
    const items = await reader.list(receiptTable, { index, limit, ...from });
    const ids = items.map(({ id }) => id);
    const next = items.length === limit ? ids.at(-1) : undefined;
    return { data: { ids, ...(next !== undefined && { next }) }, proofRef: [] };
  },
};

/** Contracts shaped as `defineContract` gives them, with one command, one query, two tables. */
export const fakeContracts: readonly Contract[] = [
  contractOf('party-registry', partyTable, { commands: {}, queries: {} }),
  contractOf('warehouse-receipt', receiptTable, {
    commands: { issue: { params: issueParams } },
    queries: { held, paged },
  }),
];

function contractOf(
  name: string,
  table: unknown,
  parts: {
    readonly commands: Readonly<Record<string, { readonly params: z.ZodType }>>;
    readonly queries: Readonly<Record<string, QueryHandler>>;
  },
): Contract {
  const contract = {
    name,
    version: 1,
    tables: [table as Table<never>],
    commands: new Map(Object.keys(parts.commands).map((verb) => [verb, () => OK])),
    internals: new Map(),
    statusCodes: { receipt_already_issued: 100 },
    parameters: {},
    queries: new Map(Object.entries(parts.queries)),
    definition: { commands: parts.commands },
  };
  return contract;
}
