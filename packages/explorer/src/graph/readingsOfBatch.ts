import { type ReadingKind, readingKinds } from '@triflow/sdk';
import { isRecord } from '../data/nodeApi.js';

/** One value that a device measured, in its kind's unit. */
export interface DeviceReading {
  readonly timeMs: number;
  readonly kind: ReadingKind;
  readonly value: number;
  readonly device: string;
}

/** The readings in the parameters of `submit_batch` or `anchor_batch` of a device. */
export function readingsOfBatch(params: unknown, device: string): readonly DeviceReading[] {
  if (!isRecord(params) || params.device !== device) return [];
  const submitted = recordsIn(params.readings).flatMap(({ time, kind, values }) => {
    return readingOf(device, time, kind, values);
  });
  const anchored = recordsIn(params.kinds).flatMap(({ kind, min, max }) => [
    ...readingOf(device, params.fromTime, kind, min),
    ...readingOf(device, params.toTime, kind, max),
  ]);
  return [...submitted, ...anchored];
}

function readingOf(
  device: string,
  time: unknown,
  kind: unknown,
  values: unknown,
): readonly DeviceReading[] {
  const timeMs = Number(time);
  if (!isKind(kind) || !Array.isArray(values) || values.length !== 1) return [];
  const value = scaledReading(kind, values[0]);
  return Number.isFinite(timeMs + value) ? [{ timeMs, kind, value, device }] : [];
}

/** A value of a kind's integers in its unit. */
export function scaledReading(kind: ReadingKind, value: unknown): number {
  return Number(value) / 10 ** readingKinds[kind].scale;
}

function isKind(kind: unknown): kind is ReadingKind {
  return typeof kind === 'string' && Object.hasOwn(readingKinds, kind);
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
