import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sha256 } from '@triflow/crypto';
import {
  type EpcisEvent,
  eventBytes,
  eventFacts,
  eventHash,
  readDigitalLink,
  readDocument,
} from '@triflow/epcis';
import { assert, parseJson } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { traceEvents } from './keys.js';
import { traceWorld } from './traceWorld.js';

const folder = new URL('../../../../../shared/data/epcis/valid/', import.meta.url);
const files = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.endsWith('.json'))
  : [];

describe.skipIf(files.length === 0 && process.env.CI === undefined)('sample documents', () => {
  it('are here', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it.each(files)('%s: each event is recorded by the party whose place it names', (name) => {
    const world = traceWorld();
    for (const event of eventsOf(name)) {
      const params = {
        event: eventBytes(event),
        hash: eventHash(event, sha256),
        validationLevel: 'schema',
      };
      const send = () => world.submit('shipper', 'trace', 'record_event', params);
      const gln = glnOf(event);
      if (gln === undefined) {
        expect(send().code).toBe('submitter_not_in_event');
        continue;
      }
      world.submit('shipper', 'trace', 'register_location', { gln });
      expect(send().code).toBe('success');
      expect(send()).toMatchObject({ code: 'success', events: [] });
    }
    const places = eventsOf(name).filter((event) => glnOf(event) !== undefined);
    const hashes = new Set(places.map((event) => eventHash(event, sha256)));
    expect(world.records(traceEvents).length).toBeGreaterThanOrEqual(hashes.size);
  });
});

function eventsOf(name: string): readonly EpcisEvent[] {
  const json = parseJson(new Uint8Array(readFileSync(new URL(name, folder))));
  assert(json.ok, `${name} is JSON`);
  const document = readDocument(json.value);
  assert(document.ok, `${name} is a document`);
  return document.value.events;
}

function glnOf(event: EpcisEvent): string | undefined {
  const { readPoint, bizLocation } = eventFacts(event);
  for (const place of [readPoint, bizLocation]) {
    const link = place === undefined ? undefined : readDigitalLink(place);
    if (link?.key === '414') return link.value;
  }
  return undefined;
}
