import { isRecord } from '../data/nodeApi.js';
import type { DeviceReading } from './readingsOfBatch.js';

/** One reported temperature in degrees Celsius. */
export interface Reading {
  readonly timeMs: number;
  readonly celsius: number;
  readonly device: string;
}

/**
 * Temperatures in an EPCIS 2.0 event: the sensor reports of type Temperature. A report with a
 * least and a greatest value gives both.
 */
export function readingsOf(event: unknown): readonly Reading[] {
  if (!isRecord(event) || !Array.isArray(event.sensorElementList)) return [];
  return event.sensorElementList.filter(isRecord).flatMap((element) => {
    const metadata = isRecord(element.sensorMetadata) ? element.sensorMetadata : {};
    const reports = Array.isArray(element.sensorReport) ? element.sensorReport : [];
    return reports.filter(isRecord).flatMap((report) => {
      if (!/(^|[-:/])Temperature$/.test(String(report.type ?? ''))) return [];
      const time = report.time ?? metadata.time ?? metadata.startTime ?? event.eventTime;
      const timeMs = Date.parse(String(time));
      const device = String(report.deviceID ?? metadata.deviceID ?? '');
      const values = [report.value, report.minValue, report.maxValue].filter(
        (value) => value !== undefined,
      );
      return values.flatMap((value) => {
        const celsius = toCelsius(Number(value), String(report.uom ?? 'CEL'));
        return Number.isFinite(celsius + timeMs) ? [{ timeMs, celsius, device }] : [];
      });
    });
  });
}

/** A sensor report of a physical event, to stand beside the devices' own readings. */
export function deviceReading({ timeMs, celsius, device }: Reading): DeviceReading {
  return { timeMs, kind: 'TEMPERATURE', value: celsius, device };
}

/** UN/ECE Recommendation 20: CEL, FAH, KEL. */
function toCelsius(value: number, uom: string): number {
  if (uom === 'FAH') return ((value - 32) * 5) / 9;
  if (uom === 'KEL') return value - 273.15;
  return uom === 'CEL' ? value : Number.NaN;
}
