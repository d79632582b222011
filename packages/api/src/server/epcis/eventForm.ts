import { canonicalIdentifier, type EpcisEvent, linkFromEpcUrn } from '@triflow/epcis';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  textFromTime,
} from '@triflow/protocol';
import type { EpcFormat } from '../../routes/epcisForm.js';
import type { KeyedEvent } from './eventView.js';

/** Members whose EPC URNs are identifiers, wherever they stand in an event. */
const IDENTIFIERS: ReadonlySet<string> = new Set([
  'epcList',
  'parentID',
  'childEPCs',
  'inputEPCList',
  'outputEPCList',
  'epcClass',
  'id',
  'source',
  'destination',
  'bizTransaction',
  'deviceID',
  'deviceMetadata',
  'rawData',
]);

/** An event as it is answered: its own members and the recordTime; links for URNs if asked for. */
export function eventForm({ event, recordTimeMs }: KeyedEvent, format: EpcFormat): JsonObject {
  const written = format === 'Never_Translates' ? event.json : translated(event);
  return { ...written, recordTime: textFromTime(recordTimeMs) };
}

function translated({ json }: EpcisEvent): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      name === '@context' ? value : linked(value, name),
    ]),
  );
}

function linked(value: JsonValue, name: string): JsonValue {
  if (isJsonArray(value)) return value.map((item) => linked(item, name));
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([inner, item]) => [inner, linked(item, inner)]),
    );
  }
  if (typeof value !== 'string' || !IDENTIFIERS.has(name)) return value;
  return linkFromEpcUrn(value) === undefined ? value : canonicalIdentifier(value);
}
