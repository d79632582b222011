import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevnetNode } from '@triflow/devnet';
import { z } from 'zod';

const MIB = 1_048_576;
const HOUR_SECONDS = 3_600;
/** Code is compiled and caches fill: what is measured before says nothing of a leak. */
export const WARM_UP_SECONDS = 300;
/** A line through less time than this shows noise. */
const LEAST_SECONDS = 600;
/** Collections that each half of a life needs to be judged: half an hour in all. */
const COLLECTIONS_PER_HALF = 3;
/** What the live memory of a process may grow by in an hour and be called flat. */
export const FLAT_MIB_PER_HOUR = 12;

const sampleSchema = z.object({
  pid: z.number(),
  /** Since the process began. */
  atSeconds: z.number(),
  /** Taken just after a full collection. */
  collected: z.boolean(),
  heapUsed: z.number(),
  external: z.number(),
  arrayBuffers: z.number(),
  rss: z.number(),
  /** Resident memory without the pages of files; null outside Linux. */
  own: z.number().nullable(),
});

export type MemorySample = z.infer<typeof sampleSchema>;

/** What the memory of one process shows, from its start to its end. */
export interface MemoryReport {
  readonly nodeId: string;
  readonly pid: number;
  readonly seconds: number;
  /** Heap and external memory after the collections, from the first after the warm-up on. */
  readonly liveMib: readonly number[];
  /** By the rule of the README; null for a life too short to say. */
  readonly liveGrowthMibPerHour: number | null;
  readonly ownMib: { readonly first: number; readonly last: number; readonly max: number } | null;
  readonly ownSlopeMibPerHour: number | null;
  readonly samples: readonly MemorySample[];
}

/** The lives of a network's processes, as `memoryProbe.mjs` wrote them down. */
export async function readMemory(nodes: readonly DevnetNode[]): Promise<MemoryReport[]> {
  const reports: MemoryReport[] = [];
  for (const { nodeId, home } of nodes) {
    const file = home === null ? undefined : join(home, 'memory.jsonl');
    const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
    const lives = new Map<number, MemorySample[]>();
    for (const sample of samplesIn(text)) {
      const { pid } = sample;
      lives.set(pid, [...(lives.get(pid) ?? []), sample]);
    }
    for (const [pid, samples] of lives) reports.push(reportOf(nodeId, pid, samples));
  }
  return reports;
}

/** Lives that were long enough to judge and are not flat. */
export function memoryFaults(reports: readonly MemoryReport[]): string[] {
  return reports.flatMap(({ nodeId, seconds, liveGrowthMibPerHour: growth }) => {
    if (growth === null || growth <= FLAT_MIB_PER_HOUR) return [];
    return [`memory of ${nodeId} grew by ${growth} MiB an hour in ${seconds} s`];
  });
}

/**
 * How fast live memory grows, in mebibytes an hour: of the collections after the warm-up, the median
 * of the second half less that of the first, over the time between the middles of the two.
 */
export function liveGrowth(samples: readonly MemorySample[]): number | null {
  const live = liveSamples(samples);
  const half = Math.floor(live.length / 2);
  if (half < COLLECTIONS_PER_HALF) return null;
  const first = live.slice(0, half);
  const second = live.slice(-half);
  const bytes = median(second.map(liveBytes)) - median(first.map(liveBytes));
  const seconds = median(second.map(at)) - median(first.map(at));
  return mib((bytes / seconds) * HOUR_SECONDS);
}

/** Mebibytes an hour by least squares, of what follows the warm-up; null for a short life. */
export function slopeAfterWarmUp(
  samples: readonly Pick<MemorySample, 'atSeconds' | 'own'>[],
): number | null {
  const warm = samples.flatMap(({ atSeconds, own }) => {
    return own === null || atSeconds < WARM_UP_SECONDS ? [] : [{ atSeconds, own }];
  });
  const last = warm.at(-1);
  if (last === undefined || last.atSeconds - WARM_UP_SECONDS < LEAST_SECONDS) return null;
  const meanSeconds = mean(warm.map(({ atSeconds }) => atSeconds));
  const meanBytes = mean(warm.map(({ own }) => own));
  let products = 0;
  let squares = 0;
  for (const { atSeconds, own } of warm) {
    products += (atSeconds - meanSeconds) * (own - meanBytes);
    squares += (atSeconds - meanSeconds) ** 2;
  }
  return squares === 0 ? null : mib((products / squares) * HOUR_SECONDS);
}

function reportOf(nodeId: string, pid: number, samples: readonly MemorySample[]): MemoryReport {
  const own = samples.flatMap((sample) => (sample.own === null ? [] : [sample.own]));
  const [first] = own;
  const last = own.at(-1);
  return {
    nodeId,
    pid,
    seconds: samples.at(-1)?.atSeconds ?? 0,
    liveMib: liveSamples(samples).map((sample) => mib(liveBytes(sample))),
    liveGrowthMibPerHour: liveGrowth(samples),
    ownMib:
      first === undefined || last === undefined
        ? null
        : { first: mib(first), last: mib(last), max: mib(Math.max(...own)) },
    ownSlopeMibPerHour: slopeAfterWarmUp(samples),
    samples,
  };
}

/** A process that was killed may leave half a line. */
function samplesIn(text: string): MemorySample[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [sampleSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

function liveSamples(samples: readonly MemorySample[]): MemorySample[] {
  return samples.filter(({ collected, atSeconds }) => collected && atSeconds >= WARM_UP_SECONDS);
}

function liveBytes({ heapUsed, external }: MemorySample): number {
  return heapUsed + external;
}

function at({ atSeconds }: MemorySample): number {
  return atSeconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  );
  return mean(middle);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mib(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10;
}
