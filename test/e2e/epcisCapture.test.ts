import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Devnet, demoParty, startDevnet } from '@triflow/devnet';
import {
  type EpcisEvent,
  eventBytes,
  eventFacts,
  eventHash,
  eventKey,
  readDigitalLink,
  validateDocument,
} from '@triflow/epcis';
import {
  concatBytes,
  decodeCanonical,
  defined,
  isCborMap,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  textFromJson,
  utf8FromText,
} from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, headOf, postTransaction } from './askNode.js';
import { rawTransaction } from './rawTransaction.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/', import.meta.url));
const isMissing = !existsSync(root);
const ALIAS = 'carrier';
const PARTY = defined(demoParty(ALIAS), ALIAS).id;
const DOCUMENTS_MIN = 10;

/** An event as it is sent: its own bytes and their hash. */
interface Sendable {
  readonly key: string;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

it('has the real documents at hand wherever CI runs', () => {
  expect(isMissing && process.env.CI !== undefined).toBe(false);
});

describe.skipIf(isMissing)('real documents as evidence on the chain', () => {
  let net: Devnet;
  let client: Client;
  const captured = new Map<string, Sendable>();

  beforeAll(async () => {
    net = await startDevnet({ nodes: 1 });
    client = net.client(ALIAS);
  });

  afterAll(() => net?.stop());

  it('the party registers the places that the events happened at', async () => {
    const files = [...filesIn('valid', '.json'), ...filesIn('event-hash', '.jsonld')];
    expect(filesIn('valid', '.json').length).toBeGreaterThanOrEqual(DOCUMENTS_MIN);
    const glns = new Set(files.flatMap((file) => acceptedEvents(file).flatMap(glnsOf)));
    expect(glns.size).toBeGreaterThan(5);
    const commands = [...glns].map((gln) => {
      return { contract: 'trace', name: 'register_location', params: { gln } };
    });
    await (await client.transaction(commands)).commit();
  });

  it.each(filesIn('valid', '.json'))('%s: every event is committed, in one step', async (file) => {
    const events = acceptedEvents(file).map(sendable);
    const done = await (await client.transaction(events.map(recordCommand))).commit();
    const recorded = done.events.filter(({ type }) => type === 'event.recorded');
    const fresh = new Set(events.map(({ key }) => key).filter((key) => !captured.has(key)));
    expect(recorded.map(({ subject }) => subject)).toEqual([...fresh]);
    keep(events);
  });

  it.each(filesIn('event-hash', '.jsonld'))('%s: under its published hashes', async (file) => {
    const published = readFileSync(`${root}${file.replace('.jsonld', '.hashes')}`, 'utf8');
    const events = acceptedEvents(file).map(sendable);
    expect(events.map(({ hash }) => hash)).toEqual(published.split('\n').filter(Boolean));
    await (await client.transaction(events.map(recordCommand))).commit();
    keep(events);
  });

  it('each is read back by its key with proof, and its bytes have its hash', async () => {
    expect(captured.size).toBeGreaterThan(30);
    for (const { key, hash, bytes } of captured.values()) {
      const found = await client.traces.get(key);
      expect(found.verified).toMatchObject({ kind: 'inclusion', signers: 1, of: 1 });
      const record = defined(found.data ?? undefined, key);
      expect(record).toMatchObject({ key, hash, submitter: PARTY, validationLevel: 'schema' });
      const body = await provedBody(key, record.bodyPieces);
      expect(body).toEqual(bytes);
      const [alone] = eventsIn(body);
      expect(eventHash(defined(alone, key), sha256)).toBe(hash);
    }
  });

  it('sent again, nothing is written and nothing is told', async () => {
    const before = await recordedCount();
    const events = [...captured.values()];
    const again = await client.transaction(events.slice(0, 20).map(recordCommand));
    expect((await again.commit()).events).toEqual([]);
    expect(await recordedCount()).toBe(before);
    expect(before).toBe(captured.size);
  });

  it('one changed byte is another hash: refused', async () => {
    const [first] = captured.values();
    const event = defined(first, 'an event');
    const text = new TextDecoder().decode(event.bytes).replace('OBSERVE', 'DELETE');
    const changed = { ...event, bytes: utf8FromText(text) };
    expect(changed.bytes).not.toEqual(event.bytes);
    const refused = client.transaction(recordCommand(changed)).then((made) => made.commit());
    await expect(refused).rejects.toMatchObject({ code: 'EVENT_HASH_DIFFERS' });
  });

  it('an eventID that stands for another content already: refused', async () => {
    const text = new TextDecoder().decode(withEventId(captured).bytes);
    const [event] = eventsIn(
      utf8FromText(text.replace(/"eventTime":"20(\d)/, '"eventTime":"19$1')),
    );
    const other = sendable(defined(event, 'an event'));
    const refused = client.transaction(recordCommand(other)).then((made) => made.commit());
    await expect(refused).rejects.toMatchObject({ code: 'EVENT_ID_ALREADY_USED' });
    expect(await client.traces.get(other.key)).toMatchObject({ data: null });
  });

  it.each(filesIn('invalid', '.json'))(
    '%s is refused before it is sent, and by the chain',
    async (file) => {
      const json = readJson(file);
      const document = validateDocument(json, 'schema');
      expect(document.ok ? [] : document.fault, file).toHaveLength(1);
      expect(document.ok ? '' : document.fault[0]?.path).toMatch(/^\//);

      const before = await recordedCount();
      for (const bytes of rawEvents(json)) {
        const hex = Buffer.from(sha256(bytes)).toString('hex');
        const hash = `ni:///sha-256;${hex}?ver=CBV2.0`;
        const command = recordCommand({ key: hex, hash, bytes });
        const [url = ''] = net.urls;
        const validUntilHeight = ((await headOf(url)) ?? 0) + 50;
        const raw = rawTransaction(net, ALIAS, [command], { validUntilHeight });
        const { body } = await postTransaction(url, raw.bytes, 30);
        expect(body, file).toMatchObject({
          outcome: 'rejected',
          status: { contract: 'trace', number: 100, code: 'event_is_invalid' },
          events: [],
          error: { code: 'EVENT_IS_INVALID', status: 409, retry: 'never' },
        });
        const left = await client.state([`trace/event/${hex}`, `trace/body/${hex}/0`]);
        expect(left.items.map(({ kind }) => kind)).toEqual(['absence', 'absence']);
      }
      expect(await recordedCount()).toBe(before);
    },
  );

  /** What was recorded first stays: the same event may come again in other words. */
  function keep(events: readonly Sendable[]): void {
    for (const event of events) if (!captured.has(event.key)) captured.set(event.key, event);
  }

  async function provedBody(key: string, pieces: number): Promise<Uint8Array> {
    const keys = Array.from({ length: pieces }, (_, at) => `trace/body/${key}/${at}`);
    const { items } = await client.state(keys);
    return concatBytes(...items.map(({ value }) => bytesOfPiece(value)));
  }

  /** How many events were ever recorded, by the log of events. */
  async function recordedCount(): Promise<number> {
    const { body } = await askNode(`${net.urls[0]}/v1/events?types=event.recorded&limit=500`);
    return z.object({ data: z.array(z.unknown()) }).parse(body).data.length;
  }
});

/** A piece's record is `{bytes}`, read here without the contract's own schema. */
function bytesOfPiece(value: Uint8Array | null): Uint8Array {
  const record = decodeCanonical(defined(value ?? undefined, 'a piece'));
  const map = record.ok && isCborMap(record.value) ? record.value : {};
  return defined(map.bytes instanceof Uint8Array ? map.bytes : undefined, 'bytes');
}

function filesIn(folder: string, ending: string): string[] {
  if (isMissing) return [];
  const names = readdirSync(`${root}${folder}`).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => `${folder}/${name}`);
}

function readJson(file: string): JsonValue {
  const json = parseJson(readFileSync(`${root}${file}`));
  return defined(json.ok ? json.value : undefined, file);
}

function acceptedEvents(file: string): readonly EpcisEvent[] {
  const document = validateDocument(readJson(file), 'schema');
  if (!document.ok) expect.fail(`${file}: ${JSON.stringify(document.fault)}`);
  return document.value.events;
}

function eventsIn(bytes: Uint8Array): readonly EpcisEvent[] {
  const json = parseJson(bytes);
  const document = validateDocument(defined(json.ok ? json.value : undefined, 'JSON'), 'schema');
  return defined(document.ok ? document.value : undefined, 'an event').events;
}

/** An event with no place and no party in it can only be declared by its submitter. */
function sendable(event: EpcisEvent): Sendable {
  const bytes = glnsOf(event).length > 0 ? eventBytes(event) : declaredBytes(event);
  const [alone] = eventsIn(bytes);
  const read = defined(alone, 'an event');
  return { key: eventKey(read, sha256), hash: eventHash(read, sha256), bytes };
}

function declaredBytes(event: EpcisEvent): Uint8Array {
  const json = parseJson(eventBytes(event));
  const members = defined(json.ok && isJsonObject(json.value) ? json.value : undefined, 'JSON');
  return utf8FromText(textFromJson({ ...members, 'triflow:submitter': PARTY }));
}

function recordCommand({ bytes, hash }: Sendable) {
  const params = { event: bytes, hash, validationLevel: 'schema' as const };
  return { contract: 'trace', name: 'record_event', params };
}

/** The GLNs that stand for a party or a place of an event. */
function glnsOf(event: EpcisEvent): string[] {
  const { sources, destinations, readPoint, bizLocation } = eventFacts(event);
  const ids = [...sources, ...destinations].map(({ id }) => id);
  return [...ids, readPoint ?? '', bizLocation ?? ''].flatMap((id) => {
    const link = readDigitalLink(id);
    return link !== undefined && ['414', '417'].includes(link.key) ? [link.value] : [];
  });
}

/** The events of a document that is refused, each by itself under the document's context. */
function rawEvents(json: JsonValue): Uint8Array[] {
  const document = objectOf(json);
  const list = objectOf(document.epcisBody ?? null).eventList ?? [];
  const context = document['@context'];
  const events = isJsonArray(list) ? list.map(objectOf) : [];
  expect(events.length).toBeGreaterThan(0);
  return events.map((event) => {
    const own = context === undefined ? event : { '@context': context, ...event };
    return utf8FromText(textFromJson(own));
  });
}

function objectOf(json: JsonValue): JsonObject {
  return defined(isJsonObject(json) ? json : undefined, 'a JSON object');
}

function withEventId(captured: ReadonlyMap<string, Sendable>): Sendable {
  const found = [...captured.values()].find(({ bytes }) => {
    return new TextDecoder().decode(bytes).includes('"eventID"');
  });
  return defined(found, 'an event with an eventID');
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
