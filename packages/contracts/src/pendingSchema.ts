import { limits, type Table, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { bytesSchema, partyIdSchema } from './fields.js';
import { tableList } from './table.js';

/** A command that waits for further signatures (domain R9). */
export const pendingSchema = z.strictObject({
  id: z.string(),
  pendingId: z.string(),
  command: z.string(),
  /** Canonical bytes of the parameters that the opener signed. */
  params: bytesSchema,
  opener: partyIdSchema,
  signed: z.array(partyIdSchema),
  remaining: z.array(partyIdSchema),
  openedAt: timeSchema,
  pendingUntil: timeSchema,
});

const counterSchema = z.strictObject({ opened: z.number().int() });

export const countersignParams = z.strictObject({
  id: z.string().min(1).max(limits.idTextMax),
  pendingId: z.string().regex(/^[a-z0-9-]{1,60}$/),
});

export type PendingRecord = z.infer<typeof pendingSchema>;

export interface PendingTables {
  readonly pending: Table<PendingRecord>;
  readonly counter: Table<z.infer<typeof counterSchema>>;
  readonly tables: readonly Table<never>[];
}

/** `<contract>/pending/<object>/<pendingId>` and the counter that names pendings. */
export function pendingTable(contract: string): PendingTables {
  const pending: Table<PendingRecord> = {
    contract,
    name: 'pending',
    schema: pendingSchema,
    indexes: {
      waitingFor: (record) => record.remaining.slice(0, 1),
      party: (record) => [...new Set([record.opener, ...record.signed, ...record.remaining])],
    },
  };
  const counter = { contract, name: 'pendingCount', schema: counterSchema };
  return { pending, counter, tables: tableList(pending, counter) };
}

/** Parameters of the commands that the mechanism adds to a contract with countersigned ones. */
export const pendingCommandSchemas = {
  countersign: countersignParams,
  reject: countersignParams,
  expire_pending: countersignParams,
} as const;
