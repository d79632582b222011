import { type JsonValue, limits, parseJson } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { expandName, type Prefixes, readContext } from './context.js';
import { readDocument } from './document.js';
import type { EpcisFault } from './faults.js';
import { standardPrefixes } from './vocabulary.js';

const tooMany = '{},'.repeat(limits.eventsPerDocumentMax);

const own = (prefixes: Prefixes) =>
  Object.fromEntries([...prefixes].filter(([name]) => !standardPrefixes.has(name)));

describe('readContext', () => {
  it.each<[string, string, Record<string, string>]>([
    ['one known text', '"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"', {}],
    ['the draft context', '"https://gs1.github.io/EPCIS/epcis-context.jsonld"', {}],
    ['an object', '{"a":"https://a.org/"}', { a: 'https://a.org/' }],
    ['an @id', '{"a":{"@id":"https://a.org/"}}', { a: 'https://a.org/' }],
    [
      'an array where later entries win',
      '[{"a":"x:1","b":"x:2"},{"a":"x:3"}]',
      { a: 'x:3', b: 'x:2' },
    ],
    ['a standard prefix as it is', '{"gs1":"https://gs1.org/voc/"}', {}],
    ['a term that only states a type', '{"a":"x:1","a:day":{"@type":"x:date"}}', { a: 'x:1' }],
    ['a harmless keyword', '{"@version":1.1,"a":"x:1"}', { a: 'x:1' }],
    ['nothing', '[]', {}],
    [
      'names of inherited members',
      '{"toString":"x:1","constructor":"x:2"}',
      { toString: 'x:1', constructor: 'x:2' },
    ],
  ])('reads %s', (_, text, wanted) => {
    const { prefixes, faults } = read(text);
    expect(faults).toEqual([]);
    expect(own(prefixes)).toEqual(wanted);
  });

  it.each([
    ['"https://example.org/context.jsonld"', 'context_is_not_known /@context'],
    [
      '["http://ref.gs1.org/standards/epcis/epcis-context.jsonld"]',
      'context_is_not_known /@context/0',
    ],
    ['{"@import":"https://example.org/c"}', 'context_keyword_refused /@context/@import'],
    ['[{"@vocab":"https://e.org/"}]', 'context_keyword_refused /@context/0/@vocab'],
    ['{"@base":"https://e.org/"}', 'context_keyword_refused /@context/@base'],
    ['{"cbv":"https://ns.gs1.org/cbv/"}', 'context_redefines_standard_term /@context/cbv'],
    ['{"epcis":{"@id":"https://e.org/"}}', 'context_redefines_standard_term /@context/epcis'],
    ['{"cbvmda":"urn:epcglobal:cbv:mda"}', 'context_redefines_standard_term /@context/cbvmda'],
    ['{"a":null}', 'context_malformed /@context/a'],
    ['{"a":{"@type":"x:date"}}', 'context_malformed /@context/a'],
    ['{"a":["https://a.org/"]}', 'context_malformed /@context/a'],
    ['7', 'context_malformed /@context'],
    ['null', 'context_malformed /@context'],
    [
      '[["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]]',
      'context_malformed /@context/0',
    ],
  ])('refuses %s', (text, wanted) => {
    expect(read(text).faults.map((fault) => `${fault.code} ${fault.path}`)).toEqual([wanted]);
  });
});

describe('a context that would cost too much', () => {
  it('is refused by its length and by its number of prefixes', () => {
    const long = JSON.stringify({ a: 'x'.repeat(limits.contextTextMax) });
    expect(read(long).faults).toMatchObject([{ code: 'context_too_large', path: '/@context' }]);
    const many = Array.from({ length: limits.contextPrefixesMax }, (_, i) => [`p${i}`, 'x:1']);
    const wide = JSON.stringify(Object.fromEntries(many));
    expect(read(wide).faults).toMatchObject([{ code: 'context_too_large', path: '/@context' }]);
  });
});

describe('prefixes of an event', () => {
  it("are the document's and then its own", () => {
    const document = readDocument(
      json(`{"@context":{"a":"x:1","b":"x:2"},"type":"EPCISDocument","epcisBody":{"eventList":[
        {"type":"ObjectEvent"},{"type":"ObjectEvent","@context":[{"b":"x:3"},{"c":"x:4"}]}]}}`),
    );
    const events = document.ok ? document.value.events : [];
    expect(events.map((event) => own(event.prefixes))).toEqual([
      { a: 'x:1', b: 'x:2' },
      { a: 'x:1', b: 'x:3', c: 'x:4' },
    ]);
    expect(events.map((event) => event.path)).toEqual([
      '/epcisBody/eventList/0',
      '/epcisBody/eventList/1',
    ]);
  });

  it('expand a name at its first colon', () => {
    const { prefixes } = read('{"a":"x:1/"}');
    expect(expandName('a:b:c', prefixes)).toEqual(['x:1/', 'b:c']);
    expect(expandName('b:c', prefixes)).toBeUndefined();
    expect(expandName('abc', prefixes)).toBeUndefined();
  });
});

describe('readDocument', () => {
  it.each([
    ['[]', 'document_malformed '],
    ['"ObjectEvent"', 'document_malformed '],
    ['{"type":"EPCISDocument"}', 'document_malformed /epcisBody/eventList'],
    [
      '{"type":"EPCISDocument","epcisBody":{"eventList":{}}}',
      'document_malformed /epcisBody/eventList',
    ],
    [
      '{"type":"EPCISDocument","epcisBody":{"eventList":[[]]}}',
      'document_malformed /epcisBody/eventList/0',
    ],
    [
      '{"type":"EPCISQueryDocument","epcisBody":{"eventList":[]}}',
      'document_malformed /epcisBody/queryResults/resultsBody/eventList',
    ],
    ['{"@context":"x:y","type":"ObjectEvent"}', 'context_is_not_known /@context'],
    [
      `{"type":"EPCISDocument","epcisBody":{"eventList":[${tooMany}{}]}}`,
      'too_many_events /epcisBody/eventList',
    ],
    [`{"type":"ex:E","ex:${'n'.repeat(20_000)}":[${'1,'.repeat(100)}1]}`, 'event_expands_too_far '],
    [
      `{"@context":{"a":"x:${'y'.repeat(10_000)}"},"a:b":[${'"a:c",'.repeat(100)}1]}`,
      'event_expands_too_far ',
    ],
    [`{"a":[${'1e99,'.repeat(12_000)}1]}`, 'event_expands_too_far '],
  ])('refuses %.60s', (text, wanted) => {
    const document = readDocument(json(text));
    const faults = document.ok ? [] : document.fault;
    expect(faults.map((fault) => `${fault.code} ${fault.path}`)).toEqual([wanted]);
  });
});

function read(text: string): { readonly prefixes: Prefixes; readonly faults: EpcisFault[] } {
  const faults: EpcisFault[] = [];
  return { prefixes: readContext(json(text), standardPrefixes, '/@context', faults), faults };
}

function json(text: string): JsonValue {
  const read = parseJson(text);
  if (!read.ok) expect.fail(JSON.stringify(read.fault));
  return read.value;
}
