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

const EVENT_PATH = /^\/epcisBody\/eventList\/([0-9]+)/;

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
  if (json.type !== 'EPCISDocument') {
    throw invalid([fault('/type', 'word_unknown', 'an EPCISDocument is captured')]);
  }
  const list = eventListOf(json);
  const eventsMax =
    rules.behaviour === 'rollback' ? limits.commandsPerTransactionMax : limits.eventsPerDocumentMax;
  if (list !== undefined && list.length > eventsMax) {
    throw new CodedError('EPCIS_CAPTURE_LIMIT', `over ${eventsMax} events in one capture`);
  }
  const first = await judge(json, rules);
  if (first.ok) return { events: first.events, refused: [] };
  if (rules.behaviour === 'rollback' || list === undefined) throw invalid(first.faults);
  return withoutRefused(json, list, first.faults, rules);
}

/** Reads one event by itself. Throws EPCIS_VALIDATION, EPCIS_CAPTURE_LIMIT. */
export async function readSingleEvent(
  bytes: Uint8Array,
  rules: Omit<CaptureRules, 'behaviour'>,
): Promise<EpcisEvent> {
  const json = readJson(bytes);
  if (json.type === 'EPCISDocument' || json.type === 'EPCISQueryDocument') {
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
  json: JsonObject,
  list: readonly JsonValue[],
  found: readonly EpcisFault[],
  rules: CaptureRules,
): Promise<ReadCapture> {
  const refused = new Map<number, EpcisFault[]>();
  let places = list.map((_, at) => at);
  let faults = found;
  for (;;) {
    for (const one of faults) {
      const [head = '', at] = EVENT_PATH.exec(one.path) ?? [];
      const place = at === undefined ? undefined : places[Number(at)];
      if (place === undefined) throw invalid(found);
      const path = `/epcisBody/eventList/${place}${one.path.slice(head.length)}`;
      refused.set(place, [...(refused.get(place) ?? []), { ...one, path }]);
    }
    places = places.filter((place) => !refused.has(place));
    if (places.length === 0) throw invalid([...refused.values()].flat());
    const left = withEvents(
      json,
      places.map((place) => list[place] ?? null),
    );
    const judged = await judge(left, rules);
    if (judged.ok) return { events: placed(judged.events, places), refused: entries(refused) };
    faults = judged.faults;
  }
}

function placed(events: readonly ReadEvent[], places: readonly number[]): ReadEvent[] {
  return events.map(({ event }, at) => ({ event, path: `/epcisBody/eventList/${places[at]}` }));
}

function entries(refused: ReadonlyMap<number, EpcisFault[]>): ReadCapture['refused'] {
  return [...refused].map(([place, faults]) => {
    return { path: `/epcisBody/eventList/${place}`, faults };
  });
}

function readJson(bytes: Uint8Array): JsonObject {
  const json = parseJson(bytes);
  if (!json.ok) throw invalid([{ ...json.fault, path: json.fault.path ?? '' }]);
  if (isJsonObject(json.value)) return json.value;
  throw invalid([fault('', 'value_has_wrong_type', 'an object is wanted here')]);
}

function eventListOf(json: JsonObject): readonly JsonValue[] | undefined {
  const body = json.epcisBody;
  const list = isJsonObject(body) ? body.eventList : undefined;
  return isJsonArray(list) ? list : undefined;
}

function withEvents(json: JsonObject, eventList: readonly JsonValue[]): JsonObject {
  const body = isJsonObject(json.epcisBody) ? json.epcisBody : {};
  return { ...json, epcisBody: { ...body, eventList } };
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
