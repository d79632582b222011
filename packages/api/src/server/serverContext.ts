import { isObjectId, isPartyId, type Logger, type Table } from '@triflow/protocol';
import { objectSegments } from '../routes/objects.js';
import type { AccessService } from './access/accessService.js';
import type { NodeBackend } from './backend.js';
import type { CommitSignal } from './commitSignal.js';
import type { EpcisService } from './epcis/epcisService.js';
import type { EventStreams } from './eventStream.js';
import type { HttpMetrics } from './httpMetrics.js';

const PARTY_TABLE = 'party-registry/party';

/** What handlers work with. */
export interface ServerContext {
  readonly backend: NodeBackend;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  readonly streams: EventStreams;
  readonly commits: CommitSignal;
  readonly access: AccessService;
  readonly epcis: EpcisService;
  /** Aborts when the server stops: ends waits. */
  readonly stopping: AbortSignal;
  /** Tables whose records are objects, by URL segment. */
  readonly objects: ReadonlyMap<string, ObjectTable>;
}

export interface ObjectTable {
  readonly table: Table<unknown>;
  /** Whether text can be an id of these objects. */
  readonly isId: (text: string) => boolean;
}

/** Finds the table of each URL segment; a contract that is not enabled leaves its segment out. */
export function objectTables(registry: NodeBackend['registry']): ReadonlyMap<string, ObjectTable> {
  const tables = [...registry.tables.values()] as unknown as readonly Table<unknown>[];
  const found = new Map<string, ObjectTable>();
  for (const [segment, kind] of objectSegments) {
    const table =
      kind === 'party'
        ? tables.find((one) => `${one.contract}/${one.name}` === PARTY_TABLE)
        : tables.find((one) => one.objectKind === kind);
    if (table === undefined) continue;
    const isId = kind === 'party' ? isPartyId : (text: string) => isObjectId(text, kind);
    found.set(segment, { table, isId });
  }
  return found;
}
