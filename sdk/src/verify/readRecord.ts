import {
  decodeCanonical,
  failure,
  memoryFromCbor,
  type Result,
  success,
  type Table,
} from '@triflow/protocol';

/** Reads a record's canonical bytes by its table. Fault: `record_unknown`. */
export function readRecord<T>(
  table: Pick<Table<T>, 'schema' | 'contract' | 'name'>,
  bytes: Uint8Array,
): Result<T> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const parsed = table.schema.safeParse(memoryFromCbor(table.schema, decoded.value));
  if (parsed.success) return success(parsed.data);
  const path = `/${(parsed.error.issues[0]?.path ?? []).join('/')}`;
  const what = `${table.contract}/${table.name}`;
  return failure('record_unknown', `this release does not know the form of ${what}`, path);
}
