import { join } from 'node:path';
import { LOG_NAME } from './consensusLog.js';
import type { FileSystem } from './fileSystem.js';
import { type LogRecord, scanLog } from './logRecords.js';

/** What a consensus log is worth; nothing was changed to find out. */
export interface LogDiagnosis {
  /** `torn` is harmless: the end was never synced and goes at the next start (P10). */
  readonly state: 'missing' | ReturnType<typeof scanLog>['rest'];
  /** undefined when there is no log or its head cannot be read. */
  readonly height: number | undefined;
  /** Good records up to the end or the first bad one. */
  readonly records: readonly LogRecord[];
}

/** Reads the consensus log of a directory as a start would, and leaves it as it is. */
export async function diagnoseLog(place: {
  readonly fs: FileSystem;
  readonly dir: string;
}): Promise<LogDiagnosis> {
  const bytes = await place.fs.read(join(place.dir, LOG_NAME));
  if (bytes === undefined) return { state: 'missing', height: undefined, records: [] };
  const { rest, height, records } = scanLog(bytes);
  return { state: rest, height, records };
}
