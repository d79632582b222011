import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type JsonValue, limits, parseJson } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type EpcisDocument, readDocument } from './document.js';
import { eventBytes } from './eventBytes.js';
import { eventFacts } from './eventFacts.js';
import { eventHash, preHash } from './eventHash.js';
import { validateDocument } from './validateDocument.js';

const root = fileURLToPath(new URL('../../../../shared/data/epcis/', import.meta.url));
const isMissing = !existsSync(root);
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Where each document is wrong. */
const offendingFields: Readonly<Record<string, string>> = {
  'EPCISDocument_without_context.json': '/@context',
  'ObjectEvent_with_invalid_action.json': '/epcisBody/eventList/0/action',
  'ObjectEvent_with_invalid_eventTime_format.json': '/epcisBody/eventList/0/eventTime',
  'ObjectEvent_with_quantity_as_text.json': '/epcisBody/eventList/0/quantityList/0/quantity',
  'ObjectEvent_without_identifier_list.json': '/epcisBody/eventList/0/epcList',
};

it('has the real documents at hand wherever CI runs', () => {
  expect(isMissing && process.env.CI !== undefined).toBe(false);
});

describe.skipIf(isMissing)('real documents', () => {
  it.each(filesIn('valid', '.json'))('%s is accepted at level schema', (file) => {
    const document = validateDocument(read('valid', file), 'schema');
    expect(document).toMatchObject({ ok: true });
  });

  it.each(filesIn('invalid', '.json'))('%s is refused with a pointer at its fault', (file) => {
    const document = validateDocument(read('invalid', file), 'schema');
    expect(document.ok ? [] : document.fault.map((fault) => fault.path)).toEqual([
      offendingFields[file],
    ]);
  });

  it.each(filesIn('event-hash', '.jsonld'))(
    '%s has the published pre-hashes and hashes',
    (file) => {
      const { events } = accepted(read('event-hash', file));
      expect(events.map(preHash)).toEqual(lines(file, '.prehashes'));
      expect(events.map((event) => eventHash(event, sha256))).toEqual(lines(file, '.hashes'));
    },
  );

  it('keeps the hash of every event when its bytes are read again alone', () => {
    for (const [folder, file] of everyFile()) {
      for (const event of accepted(read(folder, file)).events) {
        const bytes = eventBytes(event);
        expect(bytes.length).toBeLessThanOrEqual(limits.eventDocumentBytesMax);
        const alone = parseJson(bytes);
        expect(alone.ok).toBe(true);
        const [again] = accepted(alone.ok ? alone.value : null).events;
        expect(again && preHash(again)).toBe(preHash(event));
        expect(again && eventBytes(again)).toEqual(bytes);
        expect(again && eventFacts(again)).toEqual(eventFacts(event));
      }
    }
  });
});

function everyFile(): [string, string][] {
  return [
    ...filesIn('valid', '.json').map((file): [string, string] => ['valid', file]),
    ...filesIn('event-hash', '.jsonld').map((file): [string, string] => ['event-hash', file]),
  ];
}

function filesIn(folder: string, ending: string): string[] {
  if (isMissing) return [];
  return readdirSync(`${root}${folder}`).filter((file) => file.endsWith(ending));
}

function read(folder: string, file: string): JsonValue {
  const json = parseJson(readFileSync(`${root}${folder}/${file}`));
  expect(json.ok, file).toBe(true);
  return json.ok ? json.value : null;
}

function accepted(json: JsonValue): EpcisDocument {
  const document = readDocument(json);
  if (!document.ok) expect.fail(JSON.stringify(document.fault));
  return document.value;
}

function lines(file: string, ending: string): string[] {
  const text = readFileSync(`${root}event-hash/${file.replace('.jsonld', ending)}`, 'utf8');
  return text.split('\n').filter((line) => line !== '');
}
