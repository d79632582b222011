import { createHash } from 'node:crypto';
import {
  type EpcisEvent,
  eventBytes,
  eventFacts,
  eventHash,
  readDigitalLink,
  readDocument,
} from '@triflow/epcis';
import {
  CodedError,
  decodeCanonical,
  isCborMap,
  isJsonObject,
  limits,
  parseJson,
  textFromJson,
  utf8FromText,
} from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import type { CaptureEvent } from './captureJob.js';
import type { ReadEvent } from './readCapture.js';

const SUBMITTER_MEMBER = 'triflow:submitter';
const LOCATION_KEYS: ReadonlySet<string> = new Set(['414', '417']);

export interface CaptureParty {
  readonly party: string;
  readonly client: Pick<Client, 'state'>;
  /** Whether events in which the party does not stand get its `triflow:submitter`. */
  readonly declareSubmitter: boolean;
}

/**
 * Events as they are recorded: their own bytes and hash. The chain takes an event from a party
 * that stands in it (domain 3.9); where it does not, the party declares itself. Throws
 * EPCIS_CAPTURE_LIMIT for an event over limits.eventDocumentBytesMax.
 */
export async function captureEvents(
  events: readonly ReadEvent[],
  party: CaptureParty,
): Promise<CaptureEvent[]> {
  const own = party.declareSubmitter ? await ownLocations(events, party) : new Set<string>();
  return events.map(({ event, path }) => {
    const stands = !party.declareSubmitter || standsIn(event, party.party, own);
    const bytes = stands ? eventBytes(event) : declaredBytes(event, party.party);
    if (bytes.length > limits.eventDocumentBytesMax) {
      const message = `${path} is over ${limits.eventDocumentBytesMax} bytes with its context`;
      throw new CodedError('EPCIS_CAPTURE_LIMIT', message.trim(), {
        details: { errors: [{ path, code: 'event_too_large', message }] },
      });
    }
    return { path, bytes: Buffer.from(bytes).toString('base64'), hash: hashOf(event, bytes) };
  });
}

function standsIn(event: EpcisEvent, party: string, own: ReadonlySet<string>): boolean {
  if (event.json[SUBMITTER_MEMBER] === party) return true;
  const { sources, destinations, readPoint, bizLocation, deviceIds } = eventFacts(event);
  const places = [readPoint, bizLocation].flatMap((place) => place ?? []);
  const parties = [...sources, ...destinations].map(({ id }) => id);
  return [...parties, ...places, ...deviceIds].some((id) => {
    const gln = glnOf(id);
    return id === party || (gln !== undefined && (party === `gln:${gln}` || own.has(gln)));
  });
}

/** The GLNs of the events that the party has registered, by proved state. */
async function ownLocations(
  events: readonly ReadEvent[],
  { party, client }: CaptureParty,
): Promise<ReadonlySet<string>> {
  const glns = [...new Set(events.flatMap(({ event }) => glnsOf(event)))];
  const own = new Set<string>();
  for (let start = 0; start < glns.length; start += limits.stateKeysPerProofMax) {
    const some = glns.slice(start, start + limits.stateKeysPerProofMax);
    const { items } = await client.state(some.map((gln) => `trace/location/${gln}`));
    for (const [at, { value }] of items.entries()) {
      const record = value === null ? undefined : decodeCanonical(value);
      const holder =
        record?.ok === true && isCborMap(record.value) ? record.value.party : undefined;
      if (holder === party) own.add(some[at] ?? '');
    }
  }
  return own;
}

function glnsOf(event: EpcisEvent): string[] {
  const { sources, destinations, readPoint, bizLocation, deviceIds } = eventFacts(event);
  const ids = [...sources, ...destinations].map(({ id }) => id);
  return [...ids, readPoint ?? '', bizLocation ?? '', ...deviceIds].flatMap((id) => {
    return glnOf(id) ?? [];
  });
}

function glnOf(identifier: string): string | undefined {
  const link = readDigitalLink(identifier);
  return link !== undefined && LOCATION_KEYS.has(link.key) ? link.value : undefined;
}

function declaredBytes(event: EpcisEvent, party: string): Uint8Array {
  const json = parseJson(eventBytes(event));
  const members = json.ok && isJsonObject(json.value) ? json.value : {};
  return utf8FromText(textFromJson({ ...members, [SUBMITTER_MEMBER]: party }));
}

function hashOf(event: EpcisEvent, bytes: Uint8Array): string {
  const json = parseJson(bytes);
  const document = json.ok ? readDocument(json.value) : undefined;
  const alone = document?.ok === true ? document.value.events[0] : undefined;
  return eventHash(alone ?? event, sha256);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
