import type { DevnetNode } from '@triflow/devnet';
import { memoryOf } from '../bench/processUse.js';

const MIB = 1_048_576;
const HOUR_SECONDS = 3_600;
/** Code is compiled and caches fill: what is measured before says nothing of a leak. */
export const WARM_UP_SECONDS = 300;
/** A line through less time than this shows noise. */
const LEAST_SECONDS = 600;

export interface MemorySample {
  readonly atSeconds: number;
  readonly bytes: number;
}

/** The memory of one process from its start to its end. */
export interface ProcessLife {
  readonly nodeId: string;
  readonly pid: number;
  readonly samples: MemorySample[];
}

/** What a life shows; `slopeMibPerHour` only where it was long enough to say. */
export interface MemoryReport {
  readonly nodeId: string;
  readonly seconds: number;
  readonly firstMib: number;
  readonly lastMib: number;
  readonly maxMib: number;
  readonly slopeMibPerHour: number | null;
}

/** Keeps the memory of each process of a network. */
export class MemoryWatch {
  readonly lives: ProcessLife[] = [];

  async sample(nodes: readonly DevnetNode[]): Promise<void> {
    const atSeconds = performance.now() / 1_000;
    for (const { nodeId, pid, state } of nodes) {
      if (pid === null || state !== 'running') continue;
      const bytes = await memoryOf(pid);
      if (bytes === undefined) continue;
      let life = this.lives.find((one) => one.pid === pid);
      if (life === undefined) {
        life = { nodeId, pid, samples: [] };
        this.lives.push(life);
      }
      life.samples.push({ atSeconds, bytes });
    }
  }

  report(): MemoryReport[] {
    return this.lives.flatMap((life) => {
      const [first] = life.samples;
      const last = life.samples.at(-1);
      if (first === undefined || last === undefined) return [];
      return [
        {
          nodeId: life.nodeId,
          seconds: Math.round(last.atSeconds - first.atSeconds),
          firstMib: mib(first.bytes),
          lastMib: mib(last.bytes),
          maxMib: mib(Math.max(...life.samples.map(({ bytes }) => bytes))),
          slopeMibPerHour: slopeAfterWarmUp(life.samples),
        },
      ];
    });
  }
}

/** Mebibytes an hour by least squares, of what follows the warm-up; null for a short life. */
export function slopeAfterWarmUp(samples: readonly MemorySample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const from = first.atSeconds + WARM_UP_SECONDS;
  if (last.atSeconds - from < LEAST_SECONDS) return null;
  const warm = samples.filter(({ atSeconds }) => atSeconds >= from);
  const meanSeconds = mean(warm.map(({ atSeconds }) => atSeconds));
  const meanBytes = mean(warm.map(({ bytes }) => bytes));
  let products = 0;
  let squares = 0;
  for (const { atSeconds, bytes } of warm) {
    products += (atSeconds - meanSeconds) * (bytes - meanBytes);
    squares += (atSeconds - meanSeconds) ** 2;
  }
  return squares === 0 ? null : mib((products / squares) * HOUR_SECONDS);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mib(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10;
}
