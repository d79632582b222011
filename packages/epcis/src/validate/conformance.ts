import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  joinPointer,
  limits,
} from '@triflow/protocol';
import type { EpcisDocument, EpcisEvent } from '../document.js';
import { eventBytes } from '../eventBytes.js';
import { timeMsFromText } from '../eventTime.js';
import { addFault, type EpcisFault } from '../faults.js';
import { isFilled, missing, word } from './rules.js';
import { addValueFaults } from './values.js';

const SUPPORTED_VERSION = /^2(?:\.[0-9]+)*$/;

/** Attributes that hold for the whole element or for one report, never both (TCR-53). */
const EXCLUSIVE_ATTRIBUTES = [
  'time',
  'deviceID',
  'deviceMetadata',
  'rawData',
  'dataProcessingMethod',
];

const sensorType = word('sensorType');

/** Whether an event that an error declaration refers to is known outside the document. */
export type EventExists = (eventId: string) => boolean;

/**
 * What a capture must keep beyond the JSON schema: C1 to C6 of design section 3. The document has
 * the right shape already. Without `eventExists` the events that a declaration names are not
 * looked for.
 */
export function addConformanceFaults(
  document: EpcisDocument,
  eventExists: EventExists | undefined,
  faults: EpcisFault[],
): void {
  const version = document.json.schemaVersion;
  if (typeof version === 'string' && !SUPPORTED_VERSION.test(version)) {
    addFault(faults, 'schema_version_not_supported', '/schemaVersion', 'EPCIS 2 is spoken here');
  }
  for (const path of document.ignoreFieldsPaths) {
    addFault(faults, 'ignore_fields_not_allowed', path, 'the hash covers every member');
  }
  addNullFaults(document.json, '', faults);
  const known = new Set(document.events.map((event) => event.json.eventID));
  for (const event of document.events) {
    addSensorFaults(event, faults);
    addMemberFaults(event, faults);
    addValueFaults(event, faults);
    if (eventExists !== undefined) {
      addReferenceFaults(event, (id) => known.has(id) || eventExists(id), faults);
    }
    if (eventBytes(event).length > limits.eventDocumentBytesMax) {
      const message = `over ${limits.eventDocumentBytesMax} bytes with its context`;
      addFault(faults, 'event_too_large', event.path, message);
    }
  }
}

/** C4: an absent member is left out, never null. */
function addNullFaults(value: JsonValue, path: string, faults: EpcisFault[]): void {
  if (value === null) {
    addFault(faults, 'null_not_allowed', path, 'leave the member out');
  } else if (isJsonArray(value)) {
    for (const [index, item] of value.entries())
      addNullFaults(item, joinPointer(path, index), faults);
  } else if (isJsonObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      addNullFaults(item, joinPointer(path, name), faults);
    }
  }
}

/** C1, C2, and the words for what was measured. */
function addSensorFaults(event: EpcisEvent, faults: EpcisFault[]): void {
  const elements = event.json.sensorElementList;
  if (!isJsonArray(elements)) return;
  const eventTimeMs = timeOf(event.json.eventTime);
  const listPath = joinPointer(event.path, 'sensorElementList');
  for (const [index, element] of elements.entries()) {
    if (!isJsonObject(element)) continue;
    const path = joinPointer(listPath, index);
    const metadata = isJsonObject(element.sensorMetadata) ? element.sensorMetadata : {};
    const metadataPath = joinPointer(path, 'sensorMetadata');
    addTimeFault(metadata, eventTimeMs, metadataPath, faults);
    const startMs = timeOf(metadata.startTime);
    const endMs = timeOf(metadata.endTime);
    if (startMs !== undefined && endMs !== undefined && startMs > endMs) {
      const at = joinPointer(metadataPath, 'endTime');
      addFault(faults, 'sensor_period_reversed', at, 'endTime is before startTime');
    }
    if (!isJsonArray(element.sensorReport)) continue;
    const reportsPath = joinPointer(path, 'sensorReport');
    for (const [position, report] of element.sensorReport.entries()) {
      if (!isJsonObject(report)) continue;
      const at = joinPointer(reportsPath, position);
      addTimeFault(report, eventTimeMs, at, faults);
      addExclusiveFaults(metadata, report, at, faults);
      // The schema level lets other bare words pass, because well-known documents have them.
      if (report.type !== undefined) sensorType(report.type, joinPointer(at, 'type'), faults);
    }
  }
}

function addExclusiveFaults(
  metadata: JsonObject,
  report: JsonObject,
  path: string,
  faults: EpcisFault[],
): void {
  for (const name of EXCLUSIVE_ATTRIBUTES) {
    if (metadata[name] === undefined || report[name] === undefined) continue;
    const message = `${name} stands in the metadata already`;
    addFault(faults, 'sensor_attribute_in_both_places', joinPointer(path, name), message);
  }
}

function addTimeFault(
  holder: JsonObject,
  eventTimeMs: number | undefined,
  path: string,
  faults: EpcisFault[],
): void {
  const ms = timeOf(holder.time);
  if (ms === undefined || eventTimeMs === undefined || ms <= eventTimeMs) return;
  addFault(faults, 'sensor_time_after_event', joinPointer(path, 'time'), 'later than the event');
}

/** C3 (TCR-54): the schema asks an AggregationEvent for no parent. */
function addMemberFaults(event: EpcisEvent, faults: EpcisFault[]): void {
  const { type, action, parentID, childEPCs, childQuantityList } = event.json;
  if (type !== 'AggregationEvent' && type !== 'AssociationEvent') return;
  if (parentID === undefined && (action === 'ADD' || action === 'DELETE')) {
    missing(faults, 'parent_id_missing', event.path, 'parentID');
  }
  if (action === 'DELETE' || isFilled(childEPCs) || isFilled(childQuantityList)) return;
  missing(faults, 'children_missing', event.path, 'childEPCs');
}

/** C4: the corrective events exist or come with the document. */
function addReferenceFaults(
  event: EpcisEvent,
  isKnown: (eventId: string) => boolean,
  faults: EpcisFault[],
): void {
  const declaration = event.json.errorDeclaration;
  const ids = isJsonObject(declaration) ? declaration.correctiveEventIDs : undefined;
  if (!isJsonArray(ids)) return;
  const path = `${event.path}/errorDeclaration/correctiveEventIDs`;
  for (const [index, id] of ids.entries()) {
    if (typeof id !== 'string' || isKnown(id)) continue;
    addFault(faults, 'corrective_event_unknown', joinPointer(path, index), 'no such event');
  }
}

function timeOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'string' ? timeMsFromText(value) : undefined;
}
