import { parseJson, textFromUtf8 } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type EpcisEvent, readDocument } from './document.js';
import { eventBytes } from './eventBytes.js';
import { preHash } from './eventHash.js';

const standard = '"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"';

describe('eventBytes', () => {
  it("is the event as it was written, with the document's context first", () => {
    const event = '{"type":"ObjectEvent","b:q":1.50,"a:z":[1E3,"\\u7cae"],"a:a":true}';
    const [first] = eventsOf(`[${standard},{"a":"https://a.org/"}]`, event);
    expect(textOf(first)).toBe(
      `{"@context":[${standard},{"a":"https://a.org/"}],` +
        '"type":"ObjectEvent","b:q":1.50,"a:z":[1E3,"粮"],"a:a":true}',
    );
  });

  it('keeps a context of one entry as it was', () => {
    expect(textOf(eventsOf(standard, '{"type":"E:x"}')[0])).toBe(
      `{"@context":${standard},"type":"E:x"}`,
    );
    const one = eventsOf(`[${standard}]`, '{"type":"E:x"}')[0];
    expect(textOf(one)).toBe(`{"@context":${standard},"type":"E:x"}`);
  });

  it("puts the document's context before the event's own, where that stood", () => {
    const [first] = eventsOf(`{"a":"x:1"}`, '{"type":"E:x","@context":{"b":"x:2"},"a:y":"b:z"}');
    expect(textOf(first)).toBe('{"type":"E:x","@context":[{"a":"x:1"},{"b":"x:2"}],"a:y":"b:z"}');
  });

  it('of a single event is the event itself, read and written any number of times', () => {
    const single = `{"type":"ObjectEvent","@context":[${standard},{"a":"x:1"}],"a:y":"a:z"}`;
    const event = alone(single);
    expect(textOf(event)).toBe(single);
    expect(textOf(alone(textOf(event)))).toBe(single);
  });

  it('read again has the same pre-hash, whatever the contexts', () => {
    const contexts = [standard, `[${standard},{"a":"x:1/","b":"x:2/"}]`, '{"a":"x:3/"}', '[]'];
    const own = ['', '"@context":{"b":"x:4/"},', '"@context":[{"a":"x:5/"},{"b":"x:6/"}],'];
    for (const context of contexts) {
      for (const added of own) {
        const members = '"a:n":"b:v","b:n":{"a:m":1.0},"gs1:x":"cbv:y"';
        const event = `{${added}"type":"ObjectEvent",${members}}`;
        const [first] = eventsOf(context, event);
        expect(preHash(alone(textOf(first)))).toBe(first && preHash(first));
      }
    }
  });
});

function eventsOf(context: string, ...events: string[]): readonly EpcisEvent[] {
  const body = `{"eventList":[${events.join(',')}]}`;
  return read(`{"@context":${context},"type":"EPCISDocument","epcisBody":${body}}`);
}

function alone(text: string): EpcisEvent {
  return read(text)[0] ?? expect.fail('no event');
}

function read(text: string): readonly EpcisEvent[] {
  const json = parseJson(text);
  if (!json.ok) expect.fail(JSON.stringify(json.fault));
  const document = readDocument(json.value);
  if (!document.ok) expect.fail(JSON.stringify(document.fault));
  return document.value.events;
}

function textOf(event: EpcisEvent | undefined): string {
  return (event && textFromUtf8(eventBytes(event))) ?? '';
}
