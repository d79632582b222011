import { decodeCanonical, memoryFromCbor } from '@triflow/protocol';
import type { NodeBackend } from './backend.js';
import { jsonFromRecord } from './plainJson.js';

/** A state value in JSON by the table that its key names; undefined for an unknown table. */
export function recordFromBytes(
  registry: NodeBackend['registry'],
  key: string,
  bytes: Uint8Array,
): unknown {
  const table = registry.tables.get(key.split('/').slice(0, 2).join('/'));
  const decoded = decodeCanonical(bytes);
  if (table === undefined || !decoded.ok) return undefined;
  return jsonFromRecord(table, memoryFromCbor(table.schema, decoded.value));
}
