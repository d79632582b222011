import { isAbsolute, join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import type { Compacted } from '../compactStore.js';
import { loadConfig } from '../config.js';
import type { OutputOptions } from './output.js';

const KIB = 1_024;

export interface DbOptions extends OutputOptions {
  readonly home: string;
}

/** The data folder of a home, which must be there and kept on disk. CONFIG_INVALID. */
export async function dataFolder(home: string): Promise<string> {
  const { node } = await loadConfig(home, { insecureHttp: true });
  if (node.storage === 'memory') {
    throw new CodedError('CONFIG_INVALID', 'node.storage is memory: there is no database');
  }
  return isAbsolute(node.data) ? node.data : join(home, node.data);
}

/** What a compaction gave back. */
export function compactedText({ bytesBefore, bytesAfter }: Compacted): string {
  return `${kib(bytesBefore)} KiB before, ${kib(bytesAfter)} KiB now`;
}

/** There is nothing to work on yet. */
export function noDatabase(data: string): CodedError {
  const details = { next: 'triflow start: it begins at genesis and fetches the chain' };
  return new CodedError('STORE_CORRUPT', `there is no database in ${data} yet`, { details });
}

/** Whole KiB, rounded up. */
export function kib(bytes: number): number {
  return Math.ceil(bytes / KIB);
}
