import {
  type EpcisDocument,
  type EpcisEvent,
  type EpcisFault,
  type ValidationLevel,
  validateDocument,
} from '@triflow/epcis';
import {
  CodedError,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  limits,
  parseJson,
} from '@triflow/protocol';
import type { CaptureErrorBehaviour } from './captureJob.js';

/** Where the events stand in each document that may be captured (EPCIS 2.0 section 12.6.1). */
const listSteps: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['EPCISDocument', ['epcisBody', 'eventList']],
  ['EPCISQueryDocument', ['epcisBody', 'queryResults', 'resultsBody', 'eventList']],
]);
const EVENT_PLACE = /^\/([0-9]+)/;

/** An event that may be captured, with its place in the document that came. */
export interface ReadEvent {
  readonly event: EpcisEvent;
  readonly path: string;
}

export interface ReadCapture {
  readonly events: readonly ReadEvent[];
  /** Faults of events that a capture which proceeds leaves out, by event. */
  readonly refused: readonly { readonly path: string; readonly faults: readonly EpcisFault[] }[];
}

export interface CaptureRules {
  readonly level: ValidationLevel;
  readonly behaviour: CaptureErrorBehaviour;
  /** Which of these events are known to the chain. */
  readonly knownEvents: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Reads a capture document. Throws EPCIS_VALIDATION with every fault's pointer; a capture that
 * proceeds leaves out the events with faults, unless none is left. EPCIS_CAPTURE_LIMIT.
 */
export async function readCapture(bytes: Uint8Array, rules: CaptureRules): Promise<ReadCapture> {
  const json = readJson(bytes);
  const steps = listSteps.get(json.type);
  if (steps === undefined) {
    const message = 'an EPCISDocument or EPCISQueryDocument is captured';
    throw invalid([fault('/type', 'word_unknown', message)]);
  }
  const list = eventListOf(json, steps);
  const eventsMax =
    rules.behaviour === 'rollback' ? limits.commandsPerTransactionMax : limits.eventsPerDocumentMax;
  if (list !== undefined && list.length > eventsMax) {
    throw new CodedError('EPCIS_CAPTURE_LIMIT', `over ${eventsMax} events in one capture`);
  }
  const first = await judge(json, rules);
  if (first.ok) return { events: first.events, refused: [] };
  if (rules.behaviour === 'rollback' || list === undefined) throw invalid(first.faults);
  return withoutRefused({ json, list, steps }, first.faults, rules);
}

/** Reads one event by itself. Throws EPCIS_VALIDATION, EPCIS_CAPTURE_LIMIT. */
export async function readSingleEvent(
  bytes: Uint8Array,
  rules: Omit<CaptureRules, 'behaviour'>,
): Promise<EpcisEvent> {
  const json = readJson(bytes);
  if (listSteps.has(json.type)) {
    throw invalid([fault('/type', 'event_type_unknown', 'one event is wanted here')]);
  }
  const judged = await judge(json, { ...rules, behaviour: 'rollback' });
  if (!judged.ok) throw invalid(judged.faults);
  const [only] = judged.events;
  if (only === undefined) throw invalid([fault('', 'document_malformed', 'no event')]);
  return only.event;
}

/** What to throw for a document that breaks rules. */
export function invalid(faults: readonly EpcisFault[]): CodedError {
  const [first] = faults;
  const detail = first === undefined ? 'it is no EPCIS document' : `${first.path} ${first.message}`;
  return new CodedError('EPCIS_VALIDATION', detail.trim(), { details: { errors: faults } });
}

interface EventsOfDocument {
  readonly json: JsonObject;
  readonly list: readonly JsonValue[];
  readonly steps: readonly string[];
}

type Judged =
  | { readonly ok: true; readonly events: readonly ReadEvent[] }
  | { readonly ok: false; readonly faults: readonly EpcisFault[] };

async function judge(json: JsonObject, { level, knownEvents }: CaptureRules): Promise<Judged> {
  const alone = validateDocument(json, level);
  if (!alone.ok) return { ok: false, faults: alone.fault };
  const asked = level === 'conformance' ? correctiveIds(alone.value) : [];
  if (asked.length > 0) {
    const known = await knownEvents(asked);
    const again = validateDocument(json, level, { eventExists: (id) => known.has(id) });
    if (!again.ok) return { ok: false, faults: again.fault };
  }
  return { ok: true, events: alone.value.events.map((event) => ({ event, path: event.path })) };
}

/** Judges what is left after events with faults were taken out, until none has any. */
async function withoutRefused(
  { json, list, steps }: EventsOfDocument,
  found: readonly EpcisFault[],
  rules: CaptureRules,
): Promise<ReadCapture> {
  const start = `/${steps.join('/')}`;
  const refused = new Map<number, EpcisFault[]>();
  let places = list.map((_, at) => at);
  let faults = found;
  for (;;) {
    for (const one of faults) {
      const inList = one.path.startsWith(start) ? one.path.slice(start.length) : '';
      const [head = '', at] = EVENT_PLACE.exec(inList) ?? [];
      const place = at === undefined ? undefined : places[Number(at)];
      if (place === undefined) throw invalid(found);
      const path = `${start}/${place}${inList.slice(head.length)}`;
      refused.set(place, [...(refused.get(place) ?? []), { ...one, path }]);
    }
    places = places.filter((place) => !refused.has(place));
    if (places.length === 0) throw invalid([...refused.values()].flat());
    const left = withEvents(
      json,
      places.map((place) => list[place] ?? null),
      steps,
    );
    const judged = await judge(left, rules);
    if (judged.ok) {
      const events = judged.events.map(({ event }, at) => {
        return { event, path: `${start}/${places[at]}` };
      });
      return { events, refused: entries(refused, start) };
    }
    faults = judged.faults;
  }
}

function entries(
  refused: ReadonlyMap<number, EpcisFault[]>,
  start: string,
): ReadCapture['refused'] {
  return [...refused].map(([place, faults]) => ({ path: `${start}/${place}`, faults }));
}

function readJson(bytes: Uint8Array): JsonObject {
  const json = parseJson(bytes);
  if (!json.ok) throw invalid([{ ...json.fault, path: json.fault.path ?? '' }]);
  if (isJsonObject(json.value)) return json.value;
  throw invalid([fault('', 'value_has_wrong_type', 'an object is wanted here')]);
}

function eventListOf(json: JsonObject, steps: readonly string[]): readonly JsonValue[] | undefined {
  let value: JsonValue | undefined = json;
  for (const step of steps) value = isJsonObject(value) ? value[step] : undefined;
  return isJsonArray(value) ? value : undefined;
}

function withEvents(
  json: JsonObject,
  events: readonly JsonValue[],
  [step = '', ...rest]: readonly string[],
): JsonObject {
  const inner = json[step];
  const value =
    rest.length === 0 ? events : withEvents(isJsonObject(inner) ? inner : {}, events, rest);
  return { ...json, [step]: value };
}

function correctiveIds(document: EpcisDocument): string[] {
  const own = new Set(document.events.map(({ json }) => json.eventID));
  const ids = document.events.flatMap(({ json }) => {
    const declaration = json.errorDeclaration;
    const list = isJsonObject(declaration) ? declaration.correctiveEventIDs : undefined;
    return isJsonArray(list) ? list.filter((id) => typeof id === 'string') : [];
  });
  return [...new Set(ids)].filter((id) => !own.has(id));
}

function fault(path: string, code: string, message: string): EpcisFault {
  return { path, code, message };
}
