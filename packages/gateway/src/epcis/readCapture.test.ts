import { utf8FromText } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type CaptureRules, readCapture, readSingleEvent } from './readCapture.js';

const context = 'https://ref.gs1.org/standards/epcis/epcis-context.jsonld';
const event = {
  type: 'ObjectEvent',
  eventTime: '2026-03-01T07:30:00Z',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  epcList: ['urn:epc:id:sgtin:4012345.011111.1'],
};

function documentOf(...eventList: unknown[]): Uint8Array {
  return utf8FromText(
    JSON.stringify({
      '@context': context,
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-03-01T08:00:00Z',
      epcisBody: { eventList },
    }),
  );
}

function rules(members: Partial<CaptureRules> = {}): CaptureRules {
  const knownEvents = async () => new Set<string>();
  return { level: 'conformance', behaviour: 'rollback', knownEvents, ...members };
}

const faultsOf = (error: unknown): string[] => {
  const { details } = error as { details: { errors: { code: string; path: string }[] } };
  return details.errors.map(({ code, path }) => `${code} ${path}`);
};

async function refusal(reading: Promise<unknown>): Promise<string[]> {
  return reading.then(() => expect.fail('it was read'), faultsOf);
}

describe('a capture document', () => {
  it('is read whole, or refused with every fault', async () => {
    const read = await readCapture(documentOf(event, event), rules());
    expect(read.events.map(({ path }) => path)).toEqual([
      '/epcisBody/eventList/0',
      '/epcisBody/eventList/1',
    ]);
    const wrong = { ...event, action: 'LOOK', eventTime: 'soon' };
    expect(await refusal(readCapture(documentOf(event, wrong), rules()))).toEqual([
      'time_malformed /epcisBody/eventList/1/eventTime',
      'action_unknown /epcisBody/eventList/1/action',
    ]);
  });

  it('that proceeds keeps the places of what is left and of what is not', async () => {
    const wrong = { ...event, action: 'LOOK' };
    const misdated = { ...event, epcList: ['https://id.gs1.org/01/04012345111119/21/1'] };
    const proceed = rules({ behaviour: 'proceed' });
    const read = await readCapture(documentOf(wrong, event, misdated, event), proceed);
    expect(read.events.map(({ path }) => path)).toEqual([
      '/epcisBody/eventList/1',
      '/epcisBody/eventList/3',
    ]);
    expect(read.refused.flatMap(({ faults }) => faults.map(({ path }) => path))).toEqual([
      '/epcisBody/eventList/0/action',
      '/epcisBody/eventList/2/epcList/0',
    ]);
    expect(await refusal(readCapture(documentOf(wrong, wrong), proceed))).toHaveLength(2);
  });

  it('that proceeds is refused whole for what is wrong around its events', async () => {
    const text = new TextDecoder().decode(documentOf({ ...event, action: 'LOOK' }, event));
    const bytes = utf8FromText(text.replace('"schemaVersion":"2.0",', ''));
    const faults = await refusal(readCapture(bytes, rules({ behaviour: 'proceed' })));
    expect(faults).toContain('member_missing /schemaVersion');
  });

  it('may be the answer of a query', async () => {
    const body = (eventList: unknown[]) => {
      const queryResults = { queryName: 'SimpleEventQuery', resultsBody: { eventList } };
      return utf8FromText(
        JSON.stringify({
          '@context': context,
          type: 'EPCISQueryDocument',
          schemaVersion: '2.0',
          creationDate: '2026-03-01T08:00:00Z',
          epcisBody: { queryResults },
        }),
      );
    };
    const start = '/epcisBody/queryResults/resultsBody/eventList';
    const read = await readCapture(body([event, event]), rules());
    expect(read.events.map(({ path }) => path)).toEqual([`${start}/0`, `${start}/1`]);
    const wrong = { ...event, action: 'LOOK' };
    const proceed = await readCapture(body([wrong, event]), rules({ behaviour: 'proceed' }));
    expect(proceed.events.map(({ path }) => path)).toEqual([`${start}/1`]);
    expect(proceed.refused.map(({ path }) => path)).toEqual([`${start}/0`]);
  });

  it('C4: names corrective events that nobody knows', async () => {
    const errorDeclaration = {
      declarationTime: '2026-03-02T00:00:00Z',
      correctiveEventIDs: ['urn:uuid:known', 'urn:uuid:own', 'urn:uuid:none'],
    };
    const own = { ...event, eventID: 'urn:uuid:own' };
    const asked: string[][] = [];
    const knownEvents = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
      asked.push([...ids]);
      return new Set(['urn:uuid:known']);
    };
    const bytes = documentOf({ ...event, errorDeclaration }, own);
    expect(await refusal(readCapture(bytes, rules({ knownEvents })))).toEqual([
      'corrective_event_unknown /epcisBody/eventList/0/errorDeclaration/correctiveEventIDs/2',
    ]);
    expect(asked).toEqual([['urn:uuid:known', 'urn:uuid:none']]);
    const schema = rules({ knownEvents, level: 'schema' });
    expect((await readCapture(bytes, schema)).events).toHaveLength(2);
  });

  it.each<[string, Uint8Array, string]>([
    ['no JSON', utf8FromText('{'), 'json_malformed '],
    ['no object', utf8FromText('[]'), 'value_has_wrong_type '],
    [
      'one event',
      utf8FromText(JSON.stringify({ '@context': context, ...event })),
      'word_unknown /type',
    ],
  ])('is none: %s', async (_, bytes, fault) => {
    expect((await refusal(readCapture(bytes, rules())))[0]).toContain(fault);
  });

  it('is bounded', async () => {
    const many = documentOf(...Array.from({ length: 257 }, () => event));
    await expect(readCapture(many, rules())).rejects.toMatchObject({ code: 'EPCIS_CAPTURE_LIMIT' });
    const proceed = await readCapture(many, rules({ behaviour: 'proceed' }));
    expect(proceed.events).toHaveLength(257);
  });
});

describe('a single event', () => {
  it('has its own context and is no document', async () => {
    const bytes = utf8FromText(JSON.stringify({ '@context': context, ...event }));
    expect((await readSingleEvent(bytes, rules())).json.action).toBe('OBSERVE');
    expect(await refusal(readSingleEvent(documentOf(event), rules()))).toEqual([
      'event_type_unknown /type',
    ]);
    const bare = utf8FromText(JSON.stringify(event));
    expect(await refusal(readSingleEvent(bare, rules()))).toEqual(['member_missing /@context']);
  });
});
