import {
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonObject,
  type JsonValue,
} from '@triflow/protocol';
import { canonicalValue, canonicalWord, scalarText } from './canonicalForm.js';
import type { Prefixes } from './context.js';
import { plainDecimal } from './decimal.js';
import type { EpcisEvent } from './document.js';
import { timeMsFromText } from './eventTime.js';
import type { VocabularyName } from './vocabulary.js';

/** How much of a class of goods; no quantity means an unknown one, no unit means a count. */
export interface QuantityFact {
  readonly epcClass: string;
  readonly quantity: string | undefined;
  readonly uom: string | undefined;
}

/** A business transaction, source or destination. */
export interface TypedFact {
  readonly type: string | undefined;
  readonly id: string;
}

/** What rules ask of an event, identifiers and vocabulary in canonical form. */
export interface EventFacts {
  readonly type: string;
  readonly eventId: string | undefined;
  readonly eventTimeMs: number;
  readonly eventTimeZoneOffset: string;
  readonly action: string | undefined;
  readonly bizStep: string | undefined;
  readonly disposition: string | undefined;
  readonly parentId: string | undefined;
  /** Every instance the event speaks of, but the parent: epcList, children, inputs, outputs. */
  readonly epcs: readonly string[];
  readonly childEpcs: readonly string[];
  readonly inputEpcs: readonly string[];
  readonly outputEpcs: readonly string[];
  /** Quantities of all four lists. */
  readonly quantities: readonly QuantityFact[];
  readonly readPoint: string | undefined;
  readonly bizLocation: string | undefined;
  readonly bizTransactions: readonly TypedFact[];
  readonly sources: readonly TypedFact[];
  readonly destinations: readonly TypedFact[];
  /** Devices that its sensor data name. */
  readonly deviceIds: readonly string[];
  readonly errorDeclaration:
    | { readonly declarationTimeMs: number; readonly correctiveEventIds: readonly string[] }
    | undefined;
}

const QUANTITY_LISTS = [
  'quantityList',
  'childQuantityList',
  'inputQuantityList',
  'outputQuantityList',
];

/** The facts of a validated event. */
export function eventFacts(event: EpcisEvent): EventFacts {
  const { json, prefixes } = event;
  const epcs = (name: string) => texts(json[name], prefixes);
  const word = (name: VocabularyName & string) => wordOf(json[name], name, prefixes);
  const lists = [epcs('epcList'), epcs('childEPCs'), epcs('inputEPCList'), epcs('outputEPCList')];
  return {
    type: scalarText(json.type ?? ''),
    eventId: plainText(json.eventID),
    eventTimeMs: timeMsFromText(scalarText(json.eventTime ?? '')) ?? 0,
    eventTimeZoneOffset: scalarText(json.eventTimeZoneOffset ?? ''),
    action: plainText(json.action),
    bizStep: word('bizStep'),
    disposition: word('disposition'),
    parentId: identifierOf(json.parentID, prefixes),
    epcs: [...new Set(lists.flat())],
    childEpcs: epcs('childEPCs'),
    inputEpcs: epcs('inputEPCList'),
    outputEpcs: epcs('outputEPCList'),
    quantities: QUANTITY_LISTS.flatMap((name) => quantities(json[name], prefixes)),
    readPoint: placeOf(json.readPoint, prefixes),
    bizLocation: placeOf(json.bizLocation, prefixes),
    bizTransactions: typed(
      json,
      'bizTransactionList',
      'bizTransaction',
      'transactionType',
      prefixes,
    ),
    sources: typed(json, 'sourceList', 'source', 'partyType', prefixes),
    destinations: typed(json, 'destinationList', 'destination', 'partyType', prefixes),
    deviceIds: deviceIds(json.sensorElementList, prefixes),
    errorDeclaration: declaration(json.errorDeclaration),
  };
}

function texts(value: JsonValue | undefined, prefixes: Prefixes): string[] {
  return isJsonArray(value) ? value.map((item) => canonicalValue(item, prefixes)) : [];
}

function identifierOf(value: JsonValue | undefined, prefixes: Prefixes): string | undefined {
  return value === undefined ? undefined : canonicalValue(value, prefixes);
}

function wordOf(
  value: JsonValue | undefined,
  name: VocabularyName,
  prefixes: Prefixes,
): string | undefined {
  return value === undefined ? undefined : canonicalWord(value, name, prefixes);
}

function plainText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function placeOf(value: JsonValue | undefined, prefixes: Prefixes): string | undefined {
  return isJsonObject(value) ? identifierOf(value.id, prefixes) : undefined;
}

function quantities(value: JsonValue | undefined, prefixes: Prefixes): QuantityFact[] {
  return objects(value).map((item) => {
    const { quantity } = item;
    return {
      epcClass: canonicalValue(item.epcClass ?? '', prefixes),
      quantity:
        quantity instanceof JsonNumeral
          ? (plainDecimal(quantity.text) ?? quantity.text)
          : undefined,
      uom: plainText(item.uom),
    };
  });
}

function typed(
  json: JsonObject,
  list: string,
  member: string,
  vocabulary: VocabularyName,
  prefixes: Prefixes,
): TypedFact[] {
  return objects(json[list]).map((item) => ({
    type: wordOf(item.type, vocabulary, prefixes),
    id: canonicalValue(item[member] ?? '', prefixes),
  }));
}

function deviceIds(value: JsonValue | undefined, prefixes: Prefixes): string[] {
  const holders = objects(value).flatMap((element) => {
    const metadata = element.sensorMetadata;
    const reports = objects(element.sensorReport);
    return isJsonObject(metadata) ? [metadata, ...reports] : reports;
  });
  const ids = holders.flatMap((holder) => identifierOf(holder.deviceID, prefixes) ?? []);
  return [...new Set(ids)];
}

function declaration(value: JsonValue | undefined): EventFacts['errorDeclaration'] {
  if (!isJsonObject(value)) return undefined;
  const ids = value.correctiveEventIDs;
  return {
    declarationTimeMs: timeMsFromText(scalarText(value.declarationTime ?? '')) ?? 0,
    correctiveEventIds: isJsonArray(ids) ? ids.flatMap((id) => plainText(id) ?? []) : [],
  };
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return isJsonArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}
