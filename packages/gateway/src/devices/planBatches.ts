import { limits } from '@triflow/protocol';
import type { PendingReading } from './pendingReadings.js';

/** What is sent as one command. */
export interface Chunk {
  readonly device: string;
  readonly anchored: boolean;
  readonly pending: readonly PendingReading[];
}

export interface DeviceWork {
  readonly device: string;
  readonly lastSeq: number;
  readonly anchored: boolean;
  readonly chunkMax: number;
  readonly pending: readonly PendingReading[];
}

export interface PlanRules {
  readonly nowMs: number;
  readonly maxDelayMs: number;
  readonly gapWaitMs: number;
  /** The window is full: nothing waits. */
  readonly hurry: boolean;
  /** Transactions at once. */
  readonly groupsMax: number;
}

export interface Plan {
  /** The chunks of each transaction; all of a device are in one. */
  readonly groups: readonly (readonly Chunk[])[];
  /** When something becomes due that is not sent now. */
  readonly nextMs: number | undefined;
}

/**
 * What to send now. A reading waits until its batch is full or it is `maxDelayMs` old; one after a
 * gap waits `gapWaitMs` for what is missing, then the gap stays.
 */
export function planBatches(work: readonly DeviceWork[], rules: PlanRules): Plan {
  const groups: Chunk[][] = [];
  let nextMs: number | undefined;
  const later = (timeMs: number): void => {
    nextMs = Math.min(nextMs ?? timeMs, timeMs);
  };
  for (const device of work) {
    const { ready, dueMs } = readyOf(device, rules);
    if (dueMs !== undefined) later(dueMs);
    const first = ready[0];
    if (first === undefined) continue;
    const isFull = ready.length >= device.chunkMax;
    const oldMs = first.takenAt + rules.maxDelayMs;
    if (!isFull && !rules.hurry && rules.nowMs < oldMs) {
      later(oldMs);
      continue;
    }
    place(groups, device, ready, rules.groupsMax);
  }
  return { groups, nextMs };
}

/** Readings whose turn has come, in order; and when the next one's comes. */
function readyOf(
  { pending, lastSeq }: DeviceWork,
  { nowMs, gapWaitMs, hurry }: PlanRules,
): { readonly ready: readonly PendingReading[]; readonly dueMs?: number } {
  let seq = lastSeq;
  for (const [at, one] of pending.entries()) {
    const dueMs = one.takenAt + gapWaitMs;
    const waits = one.reading.seq !== seq + 1 && !hurry && nowMs < dueMs;
    if (waits) return { ready: pending.slice(0, at), dueMs };
    seq = one.reading.seq;
  }
  return { ready: pending };
}

/** Cuts a device's readings into commands, as many as one transaction still takes. */
function place(
  groups: Chunk[][],
  { device, anchored, chunkMax }: DeviceWork,
  ready: readonly PendingReading[],
  groupsMax: number,
): void {
  let group = groups.at(-1);
  if (group === undefined || isFull(group, Math.min(chunkMax, ready.length))) {
    if (groups.length >= groupsMax) return;
    group = [];
    groups.push(group);
  }
  for (let from = 0; from < ready.length; from += chunkMax) {
    const pending = ready.slice(from, from + chunkMax);
    if (group.length > 0 && isFull(group, anchored ? 0 : pending.length)) return;
    group.push({ device, anchored, pending });
  }
}

function isFull(group: readonly Chunk[], more: number): boolean {
  const sent = group.filter(({ anchored }) => !anchored);
  const readings = sent.reduce((sum, { pending }) => sum + pending.length, 0);
  return (
    group.length >= limits.batchCommandsPerTransactionMax ||
    readings + more > limits.batchReadingsPerTransactionMax
  );
}
