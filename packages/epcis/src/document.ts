import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  joinPointer,
  limits,
  type Result,
  success,
} from '@triflow/protocol';
import { contextEntries, expandName, type Prefixes, readContext } from './context.js';
import { expandsTooFar } from './expansion.js';
import { addFault, type EpcisFault } from './faults.js';
import { standardPrefixes } from './vocabulary.js';

export type DocumentKind = 'EPCISDocument' | 'EPCISQueryDocument' | 'event';

/** One event of a document, with what the document around it says about its names. */
export interface EpcisEvent {
  readonly json: JsonObject;
  /** All @context entries in force: the document's, then the event's own. */
  readonly context: readonly JsonValue[];
  readonly prefixes: Prefixes;
  readonly index: number;
  /** JSON pointer to the event in its document; empty for a single event. */
  readonly path: string;
  /** Expanded names that the document wants left out of the hash (section 5.7). */
  readonly ignored: ReadonlySet<string>;
}

export interface EpcisDocument {
  readonly kind: DocumentKind;
  readonly json: JsonObject;
  readonly prefixes: Prefixes;
  readonly events: readonly EpcisEvent[];
  /** Where the document says what the hash shall leave out, if it does. */
  readonly ignoreFieldsPaths: readonly string[];
}

interface EventList {
  readonly value: JsonValue | undefined;
  readonly path: string;
}

const REPOSITORY_NAMESPACE = 'https://repository-x.example.com/';
const IGNORE_FIELDS = 'ignoreFields';

/**
 * Finds the events of a document and the prefixes in force for each, without judging them: see
 * `validateDocument`. Takes an EPCISDocument, an EPCISQueryDocument or a single event. Faults:
 * `document_malformed`, `too_many_events`, `event_expands_too_far` and those of `readContext`.
 */
export function readDocument(json: JsonValue): Result<EpcisDocument, readonly EpcisFault[]> {
  const faults: EpcisFault[] = [];
  if (!isJsonObject(json)) {
    addFault(faults, 'document_malformed', '', 'a document is an object');
    return { ok: false, fault: faults };
  }
  const kind = documentKind(json);
  const prefixes = readContext(json['@context'], standardPrefixes, '/@context', faults);
  const ignore = kind === 'event' ? [] : ignoreFields(json, kind, prefixes);
  const ignored = new Set(ignore.flatMap((member) => ignoredNames(member.value, prefixes)));
  const events: EpcisEvent[] = [];
  if (kind === 'event') {
    const context = contextEntries(json['@context']);
    events.push({ json, context, prefixes, index: 0, path: '', ignored });
  } else {
    const document = { context: json['@context'], prefixes, ignored };
    events.push(...readEvents(eventList(json, kind), document, faults));
  }
  for (const event of faults.length > 0 ? [] : events) {
    if (!expandsTooFar(event.json, event.prefixes)) continue;
    addFault(faults, 'event_expands_too_far', event.path, 'its canonical text would be too long');
  }
  if (faults.length > 0) return { ok: false, fault: faults };
  const ignoreFieldsPaths = ignore.map((member) => member.path);
  return success({ kind, json, prefixes, events, ignoreFieldsPaths });
}

/** A member's name with its prefix expanded, `{IRI}local`; as it stands when undeclared. */
export function expandedName(name: string, prefixes: Prefixes): string {
  const expanded = expandName(name, prefixes);
  return expanded === undefined ? name : `{${expanded[0]}}${expanded[1]}`;
}

/** The kind that a document says it is; without a known type it is a single event. */
export function documentKind(json: JsonObject): DocumentKind {
  const { type } = json;
  return type === 'EPCISDocument' || type === 'EPCISQueryDocument' ? type : 'event';
}

function eventList(json: JsonObject, kind: DocumentKind): EventList {
  const steps =
    kind === 'EPCISDocument'
      ? ['epcisBody', 'eventList']
      : ['epcisBody', 'queryResults', 'resultsBody', 'eventList'];
  let value: JsonValue | undefined = json;
  let path = '';
  for (const step of steps) {
    value = isJsonObject(value) ? value[step] : undefined;
    path = joinPointer(path, step);
  }
  return { value, path };
}

function readEvents(
  list: EventList,
  document: {
    readonly context: JsonValue | undefined;
    readonly prefixes: Prefixes;
    readonly ignored: ReadonlySet<string>;
  },
  faults: EpcisFault[],
): EpcisEvent[] {
  const events: EpcisEvent[] = [];
  if (!isJsonArray(list.value)) {
    addFault(faults, 'document_malformed', list.path, 'an event list is an array');
    return events;
  }
  if (list.value.length > limits.eventsPerDocumentMax) {
    addFault(faults, 'too_many_events', list.path, `over ${limits.eventsPerDocumentMax} events`);
    return events;
  }
  const shared = contextEntries(document.context);
  for (const [index, json] of list.value.entries()) {
    const path = joinPointer(list.path, index);
    if (!isJsonObject(json)) {
      addFault(faults, 'document_malformed', path, 'an event is an object');
      continue;
    }
    const own = json['@context'];
    const prefixes = readContext(own, document.prefixes, joinPointer(path, '@context'), faults);
    const context = own === undefined ? shared : [...shared, ...contextEntries(own)];
    events.push({ json, context, prefixes, index, path, ignored: document.ignored });
  }
  return events;
}

function ignoreFields(
  json: JsonObject,
  kind: DocumentKind,
  prefixes: Prefixes,
): { readonly value: JsonValue; readonly path: string }[] {
  const wanted = `{${REPOSITORY_NAMESPACE}}${IGNORE_FIELDS}`;
  const body = json.epcisBody;
  const results = isJsonObject(body) ? body.queryResults : undefined;
  const places: [JsonValue | undefined, string][] = [[json, '']];
  if (kind === 'EPCISQueryDocument') places.push([results, '/epcisBody/queryResults']);
  return places.flatMap(([place, path]) => {
    if (!isJsonObject(place)) return [];
    return Object.entries(place)
      .filter(([name]) => expandedName(name, prefixes) === wanted)
      .map(([name, value]) => ({ value, path: joinPointer(path, name) }));
  });
}

function ignoredNames(value: JsonValue, prefixes: Prefixes): string[] {
  const names = isJsonArray(value) ? value : [value];
  return names.flatMap((name) => (typeof name === 'string' ? [expandedName(name, prefixes)] : []));
}
