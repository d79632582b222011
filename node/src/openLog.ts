import type { Quarantine } from '@triflow/consensus';
import type { Logger } from '@triflow/protocol';
import {
  createConsensusLog,
  type FileSystem,
  hasConsensusLog,
  type OpenedLog,
  openConsensusLog,
} from '@triflow/storage';
import {
  decodeQuarantineRecord,
  encodeQuarantineRecord,
  isReadableRecord,
  logRecordTypes,
} from './logRecords.js';
import type { LogEntry, LogPort } from './ports.js';

export interface OpenedConsensusLog {
  readonly log: LogPort;
  readonly records: readonly LogEntry[];
  readonly quarantine: Quarantine | null;
}

interface LogPlace {
  readonly fs: FileSystem;
  readonly dir: string;
}

/** Its last height is told by others (P11). */
const UNBOUNDED: Quarantine = { until: null, vouched: null };

/** Opens this height's log, or makes the first one; says whether to start quarantined (P10). */
export async function openLog(
  place: LogPlace,
  head: number,
  mayBegin: boolean,
  logger: Logger,
): Promise<OpenedConsensusLog> {
  if (!(await hasConsensusLog(place))) {
    if (!mayBegin) {
      logger.warn('consensus.log_missing', { head });
      return quarantinedLog(place, head + 1, UNBOUNDED);
    }
    const log = await createConsensusLog({ ...place, height: head + 1, initial: [] });
    return { log, records: [], quarantine: null };
  }
  const opened = await openConsensusLog({ ...place, height: head + 1 });
  if (opened.tornTail) logger.info('consensus.torn_tail', { height: opened.height });
  const damage = opened.damage ?? damageIn(opened, head);
  if (damage !== undefined) {
    logger.error('consensus.log_damaged', { damage });
    await opened.log.close();
    return quarantinedLog(place, head + 1, UNBOUNDED);
  }
  const { log, records } = opened;
  const [first] = records;
  if (first?.type !== logRecordTypes.quarantine) return { log, records, quarantine: null };
  const quarantine = decodeQuarantineRecord(first.payload);
  return { log, records: [], quarantine: quarantine.ok ? quarantine.value : UNBOUNDED };
}

/** The quarantine is as durable as the new log: a crash before the first height must not end it. */
export async function quarantinedLog(
  place: LogPlace,
  height: number,
  quarantine: Quarantine,
): Promise<OpenedConsensusLog> {
  const record = { type: logRecordTypes.quarantine, payload: encodeQuarantineRecord(quarantine) };
  const log = await createConsensusLog({ ...place, height, initial: [record] });
  return { log, records: [], quarantine };
}

/** Only the log that `init` makes is empty: every later one is born with its first record (P12). */
function damageIn(
  { height, records }: Pick<OpenedLog, 'height' | 'records'>,
  head: number,
): string | undefined {
  if (records.length === 0 && height === head + 1 && head > 0) return 'cut_off';
  return records.every(isReadableRecord) ? undefined : 'unreadable_record';
}
