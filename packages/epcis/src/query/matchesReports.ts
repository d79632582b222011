import { assertNever, isJsonObject, type JsonObject } from '@triflow/protocol';
import { canonicalValue, canonicalWord, scalarText } from '../canonicalForm.js';
import type { Prefixes } from '../context.js';
import type { EpcisEvent } from '../document.js';
import { timeMsFromText } from '../eventTime.js';
import { convertUnit } from '../units.js';
import { objectsOf, passesNumber, passesTime, rationalOf } from './comparisons.js';
import type { Condition } from './eventQuery.js';
import { hexMember, reportWords } from './parameterTable.js';
import { foldHex } from './readParameter.js';

type ReportCondition = Extract<Condition, { kind: 'report' }>;

/**
 * Conditions on sensor reports. With EQ_type one report satisfies them all (TCR-53); without it
 * those on one member do, so that GE and LT make a range. What stands in the metadata counts as if
 * it stood on every report of its element.
 */
export function matchesReports(event: EpcisEvent, conditions: readonly Condition[]): boolean {
  const asked = conditions.filter((one): one is ReportCondition => one.kind === 'report');
  if (asked.length === 0) return true;
  const reports = reportsOf(event);
  const isTyped = asked.some(({ member }) => member === 'type');
  const names = isTyped ? [] : [...new Set(asked.map(groupOf))];
  const groups = names.map((name) => asked.filter((one) => groupOf(one) === name));
  return (isTyped ? [asked] : groups).every((group) => {
    return reports.some((one) => group.every((condition) => holds(one, condition, event.prefixes)));
  });
}

/** Reports with the metadata of their element. */
function reportsOf({ json }: EpcisEvent): readonly JsonObject[] {
  return objectsOf(json.sensorElementList).flatMap((element) => {
    const metadata = isJsonObject(element.sensorMetadata) ? element.sensorMetadata : {};
    return objectsOf(element.sensorReport).map((report) => ({ ...metadata, ...report }));
  });
}

function groupOf({ member, test }: ReportCondition): string {
  return test.kind === 'number' ? `${member}_${test.unit ?? ''}` : member;
}

function holds(report: JsonObject, { member, test }: ReportCondition, prefixes: Prefixes): boolean {
  const value = report[member];
  if (value === undefined) return false;
  switch (test.kind) {
    case 'values': {
      if (member === hexMember) return test.values.has(foldHex(scalarText(value)));
      const vocabulary = reportWords.get(member);
      const text =
        vocabulary === undefined
          ? canonicalValue(value, prefixes)
          : canonicalWord(value, vocabulary, prefixes);
      return test.values.has(text);
    }
    case 'time': {
      const timeMs = timeMsFromText(scalarText(value));
      return timeMs !== undefined && passesTime(timeMs, test.test);
    }
    case 'number': {
      const number = rationalOf(value);
      if (number === undefined) return false;
      if (test.unit === undefined) return passesNumber(number, test.test);
      const converted = convertUnit(number, scalarText(report.uom ?? ''), test.unit);
      return converted !== undefined && passesNumber(converted, test.test);
    }
    default:
      return assertNever(test, 'matchesReports');
  }
}
