import { appendFile, stat } from 'node:fs/promises';
import { CodedError } from '@triflow/protocol';
import type { Reading } from '../devices/readingRow.js';

/** Why a reading that was taken did not become evidence. */
export type Loss = 'late' | 'conflict' | 'refused';

/** Readings that cannot become evidence, for people to look at: one JSON line each. */
export interface Quarantine {
  put(device: string, readings: readonly Reading[], loss: Loss, reason: string): Promise<void>;
  readonly count: number;
}

/** Opens the list; over its bound nothing is taken out, and `put` throws `STORE_FULL`. */
export function openQuarantine(path: string, bytesMax: number): Quarantine {
  let count = 0;
  return {
    async put(device, readings, loss, reason) {
      const size = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
      if (size > bytesMax)
        throw new CodedError('STORE_FULL', `${path} holds its ${bytesMax} bytes`);
      const lines = readings.map((reading) => JSON.stringify({ loss, reason, device, ...reading }));
      await appendFile(path, `${lines.join('\n')}\n`, { flush: true });
      count += readings.length;
    },
    get count() {
      return count;
    },
  };
}
