import { createHash } from 'node:crypto';
import {
  isJsonObject,
  JsonNumeral,
  type JsonValue,
  parseJson,
  textFromJson,
} from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EpcisEvent, readDocument } from './document.js';
import { eventHash, eventKey, preHash } from './eventHash.js';

fc.configureGlobal({ seed: 20_261_121 });

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

const standardContext = 'https://ref.gs1.org/standards/epcis/epcis-context.jsonld';
const context = [standardContext, { tf: 'https://e.org/', other: 'https://o.org/' }];

const worked = `{"type":"ObjectEvent","eventTime":"2026-03-01T15:30:00.0026+08:00",
  "eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"receiving",
  "quantityList":[{"epcClass":"urn:epc:class:lgtin:9521234.056789.L7","quantity":1.50,"uom":"KGM"}],
  "readPoint":{"id":"https://a.org/gln/9521234000013/254/g2?x=1"},
  "sourceList":[{"type":"location","source":"urn:epc:id:sgln:9521234.00000.0"}],
  "destinationList":[{"type":"owning_party","destination":"urn:epc:id:pgln:9521234.00002"}],
  "sensorElementList":[{"sensorReport":[{"type":"Temperature","value":4.0,"uom":"CEL"}]}],
  "tf:gate":"07"}`;

const rich = `{"type":"ObjectEvent","eventTime":"2026-03-01T07:30:00Z",
  "eventTimeZoneOffset":"+08:00","action":"ADD","bizStep":"commissioning","disposition":"active",
  "persistentDisposition":{"set":["completeness_verified"],"unset":["completeness_inferred"]},
  "certificationInfo":["https://c.org/2","https://c.org/1"],
  "epcList":["urn:epc:id:sgtin:4012345.011111.2","urn:epc:id:sgtin:4012345.011111.1"],
  "quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.011111.L","quantity":5,"uom":"KGM"},
    {"epcClass":"urn:epc:idpat:sgtin:4012345.011111.*","quantity":10}],
  "readPoint":{"id":"urn:epc:id:sgln:4012345.00005.0","tf:dock":"9"},
  "bizLocation":{"id":"urn:epc:id:sgln:4012345.00005.7"},
  "bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:4012345000054:1"},
    {"bizTransaction":"urn:epc:id:gdti:4012345.11111.123"}],
  "sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:4012345.00000"}],
  "destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:4012345.00001"}],
  "sensorElementList":[{"sensorMetadata":{"time":"2026-03-01T07:00:00Z","tf:m":"x"},
    "sensorReport":[{"type":"Temperature","value":4,"component":"x","tf:r":"1"},
      {"type":"gs1:Speed","exception":"ALARM_CONDITION","booleanValue":true}],"tf:e":"2"}],
  "ilmd":{"tf:grade":"A","cbvmda:lotNumber":"L"},
  "tf:list":["b","a",{"tf:x":"1","tf:y":["3","2"]}],"other:z":"urn:epc:id:giai:4000001.111"}`;

describe('the worked example of the design, section 5', () => {
  const pre =
    'eventType=ObjectEventeventTime=2026-03-01T07:30:00.003ZeventTimeZoneOffset=+08:00' +
    'quantityListquantityElementepcClass=https://id.gs1.org/01/09521234567899/10/L7quantity=1.5' +
    'uom=KGMaction=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-receiving' +
    'readPointid=https://id.gs1.org/414/9521234000013/254/g2' +
    'sensorElementListsensorElementsensorReporttype=https://gs1.org/voc/Temperaturevalue=4uom=CEL' +
    'destinationListtype=https://ref.gs1.org/cbv/SDT-owning_party' +
    'destination=https://id.gs1.org/417/9521234000020' +
    'sourceListtype=https://ref.gs1.org/cbv/SDT-location' +
    'source=https://id.gs1.org/414/9521234000006{https://e.org/}gate=7';
  const hex = 'cb9e62320c987ef22ee613ebc2d02387324fffbf2ca8d22a56fe147cbbca5eb7';

  it('has this pre-hash', () => expect(preHash(eventOf(worked))).toBe(pre));

  it('has this ID', () => {
    expect(eventHash(eventOf(worked), sha256)).toBe(`ni:///sha-256;${hex}?ver=CBV2.0`);
  });

  it('has the hash as its key, and with an error declaration also its time', () => {
    expect(eventKey(eventOf(worked), sha256)).toBe(hex);
    const declared = changed(worked, {
      errorDeclaration: { declarationTime: '2026-03-02T00:00:00.25Z', reason: 'did_not_occur' },
    });
    expect(eventHash(eventOf(declared), sha256)).toBe(eventHash(eventOf(worked), sha256));
    expect(eventKey(eventOf(declared), sha256)).toBe(`${hex}.1772409600250`);
  });
});

describe('the same event, spelled differently, has the same pre-hash:', () => {
  const original = preHash(eventOf(rich));

  it.each<[string, string]>([
    [
      'another zone for the same moment',
      text('"2026-03-01T07:30:00Z"', '"2026-03-01T15:30:00.000+08:00"'),
    ],
    ['trailing zeros and an exponent', text('"quantity":10', '"quantity":1.0E+1')],
    ['a numeral as text', text('"tf:dock":"9"', '"tf:dock":9.0')],
    [
      'a link for a URN',
      text(
        '"urn:epc:id:sgtin:4012345.011111.1"',
        '"https://x.org/a/gtin/04012345111118/ser/1?q=1"',
      ),
    ],
    [
      'a link for a pattern',
      text('"urn:epc:idpat:sgtin:4012345.011111.*"', '"http://id.gs1.org/01/4012345111118"'),
    ],
    [
      'the full vocabulary',
      text('"commissioning"', '"https://ref.gs1.org/cbv/BizStep-commissioning"'),
    ],
    ['the prefixed vocabulary', text('"active"', '"cbv:Disp-active"')],
    ['the old vocabulary', text('"po"', '"urn:epcglobal:cbv:btt:po"')],
    ['the full sensor type', text('"gs1:Speed"', '"Speed"')],
    ['the prefixed exception', text('"ALARM_CONDITION"', '"gs1:ALARM_CONDITION"')],
    ['the prefixed component', text('"component":"x"', '"component":"cbv:Comp-x"')],
    ['white space around a value', text('"tf:grade":"A"', '"tf:grade":" A\\t"')],
    ['one value not in an array', text('["completeness_verified"]', '"completeness_verified"')],
    ['an expanded value', text('"urn:epc:id:giai:4000001.111"', '"urn:epc:id:giai:4000001.111 "')],
    [
      'identifiers in another order',
      text(
        '011111.2","urn:epc:id:sgtin:4012345.011111.1',
        '011111.1","urn:epc:id:sgtin:4012345.011111.2',
      ),
    ],
    [
      'members of the record, not of the event',
      changed(rich, {
        eventID: 'urn:uuid:1',
        recordTime: '2026-03-01T08:00:00Z',
        'rdfs:comment': 'x',
        comment: 'y',
      }),
    ],
    ['empty lists', changed(rich, { childEPCs: [], inputQuantityList: [], 'tf:none': [] })],
    ['null for an absent member', changed(rich, { parentID: null })],
  ])('%s', (_, spelling) => {
    expect(spelling).not.toBe(rich);
    expect(preHash(eventOf(spelling))).toBe(original);
  });

  it('any order of members and of elements', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (dice) => {
        expect(preHash(eventOf(textFromJson(shuffled(json(rich), dice))))).toBe(original);
      }),
      { numRuns: 200 },
    );
  });

  it('another name for the same prefix', () => {
    const renamed = rich.replaceAll('"tf:', '"zz:');
    const renamedContext = [
      standardContext,
      { zz: 'https://e.org/', other: { '@id': 'https://o.org/' } },
    ];
    expect(preHash(eventOf(renamed, renamedContext))).toBe(original);
  });
});

describe('another meaning has another pre-hash:', () => {
  it.each<[string, string]>([
    ['a millisecond', text('"2026-03-01T07:30:00Z"', '"2026-03-01T07:30:00.001Z"')],
    ['the zone offset, which is kept verbatim', text('"+08:00"', '"+09:00"')],
    ['the action', text('"ADD"', '"OBSERVE"')],
    ['a step', text('"commissioning"', '"packing"')],
    ['a quantity', text('"quantity":10', '"quantity":10.01')],
    ['a unit', text('"KGM"', '"GRM"')],
    ['an identifier', text('4012345.011111.1"', '4012345.011111.11"')],
    [
      'a duplicate',
      text('["urn:epc:id:sgtin:4012345.011111.2",', '["urn:epc:id:sgtin:4012345.011111.1",'),
    ],
    ['source for destination', text('"destination"', '"source"')],
    ['ownership for custody', text('"owning_party"', '"possessing_party"')],
    ['a sensor value', text('"value":4', '"value":5')],
    ['an extension', text('"tf:x":"1"', '"tf:x":"2"')],
    ['the namespace of an extension', text('"other:z"', '"tf:z"')],
    ['an undeclared prefix', text('"other:z"', '"unknown:z"')],
    ['master data', text('"tf:grade":"A"', '"tf:grade":"B"')],
    ['an extension moved', changed(rich.replace(',"tf:e":"2"', ''), { 'tf:e': '2' })],
  ])('%s', (_, other) => {
    expect(other).not.toBe(rich);
    expect(preHash(eventOf(other))).not.toBe(preHash(eventOf(rich)));
  });
});

describe('the form of the pre-hash', () => {
  const bare = {
    type: 'ObjectEvent',
    eventTime: '2026-01-01T00:00:00Z',
    eventTimeZoneOffset: '+00:00',
  };
  const start = 'eventType=ObjectEventeventTime=2026-01-01T00:00:00.000ZeventTimeZoneOffset=+00:00';
  const restOf = (members: object) =>
    preHash(eventOf(JSON.stringify({ ...bare, ...members }))).slice(start.length);

  it.each<[string, object, string]>([
    [
      'certificates one by one',
      { certificationInfo: ['https://c.org/b', 'https://c.org/a'] },
      'certificationInfo=https://c.org/acertificationInfo=https://c.org/b',
    ],
    [
      'the parent before the list',
      { epcList: ['urn:a:1'], parentID: 'urn:p:1' },
      'parentID=urn:p:1epcListepc=urn:a:1',
    ],
    [
      'text order by UTF-8 bytes',
      { epcList: ['urn:a:\u{1f600}', 'urn:a:\uff5a'] },
      'epcListepc=urn:a:\uff5aepc=urn:a:\u{1f600}',
    ],
    ['duplicates kept', { epcList: ['urn:a:1', 'urn:a:1'] }, 'epcListepc=urn:a:1epc=urn:a:1'],
    [
      'a transaction without type',
      { bizTransactionList: [{ bizTransaction: 'urn:t:1' }] },
      'bizTransactionListbizTransaction=urn:t:1',
    ],
    [
      'type first whatever the order',
      { sourceList: [{ source: 'urn:s:1', type: 'location' }] },
      'sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=urn:s:1',
    ],
    [
      'the tail sorted as a whole',
      {
        'aa:x': '1',
        ilmd: { 'tf:l': 'L' },
        sourceList: [{ type: 'location', source: 'urn:s:1' }],
        destinationList: [{ type: 'location', destination: 'urn:d:1' }],
        'tf:x': '1',
      },
      'aa:x=1destinationListtype=https://ref.gs1.org/cbv/SDT-locationdestination=urn:d:1' +
        'ilmd{https://e.org/}l=LsourceListtype=https://ref.gs1.org/cbv/SDT-location' +
        'source=urn:s:1{https://e.org/}x=1',
    ],
    [
      'extensions with their container',
      { readPoint: { 'tf:b': '1', id: 'urn:r:1', 'tf:b2': '2' } },
      'readPointid=urn:r:1{https://e.org/}b2=2{https://e.org/}b=1',
    ],
    [
      'an unlisted member in the tail under its containers',
      {
        sensorElementList: [
          { sensorReport: [{ type: 'Speed', bizRules: 'https://x.org/253/4012345000054987' }] },
        ],
      },
      'sensorElementListsensorElementsensorReporttype=https://gs1.org/voc/Speed' +
        'sensorElementListsensorElementsensorReportbizRules=' +
        'https://id.gs1.org/253/4012345000054987',
    ],
    [
      'an empty text as the bare name',
      { 'tf:e': ' ', 'tf:o': {} },
      '{https://e.org/}e{https://e.org/}o',
    ],
    [
      'arrays as entries of one name',
      { 'tf:a': [{ 'tf:b': ['2', '1'] }, 'x', true] },
      '{https://e.org/}a=true{https://e.org/}a=x' +
        '{https://e.org/}a{https://e.org/}b=1{https://e.org/}b=2',
    ],
    [
      'members of an extension without prefix',
      { 'tf:a': { id: 'urn:x:1', plain: 1.5 } },
      '{https://e.org/}aid=urn:x:1plain=1.5',
    ],
    [
      'text that only looks like a prefix',
      { 'tf:a': 'tf://x', 'tf:b': 'tf:x' },
      '{https://e.org/}a=tf://x{https://e.org/}b=https://e.org/x',
    ],
    [
      'gs1 as the web vocabulary',
      { 'gs1:a': 'gs1:b', 'cbvmda:c': 'd' },
      '{https://gs1.org/voc/}a=https://gs1.org/voc/b{urn:epcglobal:cbv:mda:}c=d',
    ],
    [
      'nothing of empty members',
      { epcList: [], ilmd: {}, persistentDisposition: {}, bizStep: '', sensorElementList: [{}] },
      '',
    ],
  ])('has %s', (_, members, rest) => {
    expect(restOf(members)).toBe(rest);
  });

  it('leaves out what a document says to ignore', () => {
    const ignoring = (holder: object) => [
      { ...holder, '@context': [...context, { 'repo-x': 'https://repository-x.example.com/' }] },
    ];
    const event = { ...bare, 'repo-x:hash': 'h', 'tf:kept': '1', 'tf:gone': { 'tf:x': '1' } };
    const fields = { 'repo-x:ignoreFields': ['repo-x:hash', 'tf:gone'] };
    const documents = [
      ...ignoring({ type: 'EPCISDocument', ...fields, epcisBody: { eventList: [event] } }),
      ...ignoring({
        type: 'EPCISQueryDocument',
        epcisBody: { queryResults: { ...fields, resultsBody: { eventList: [event] } } },
      }),
    ];
    for (const document of documents) {
      const read = readDocument(json(JSON.stringify(document)));
      const [first] = read.ok ? read.value.events : [];
      expect(first && preHash(first)).toBe(`${start}{https://e.org/}kept=1`);
    }
  });

  it('exists for any JSON object, however far from an event', () => {
    const objects = fc.dictionary(
      fc.constantFrom(
        'type',
        'eventTime',
        'epcList',
        'readPoint',
        'sensorElementList',
        'ilmd',
        'sourceList',
        'tf:x',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(objects, (members) => {
        const source = JSON.stringify(members);
        fc.pre(parseJson(source).ok);
        expect(typeof preHash(eventOf(source))).toBe('string');
      }),
    );
  });
});

function text(from: string, to: string): string {
  return rich.replace(from, to);
}

function changed(event: string, members: object): string {
  return JSON.stringify({ ...JSON.parse(event), ...members });
}

function json(source: string): JsonValue {
  const read = parseJson(source);
  if (!read.ok) expect.fail(JSON.stringify(read.fault));
  return read.value;
}

function eventOf(source: string, declared: unknown = context): EpcisEvent {
  const event = json(source);
  if (!isJsonObject(event)) expect.fail('not an object');
  const read = readDocument({ ...event, '@context': json(JSON.stringify(declared)) });
  const [first] = read.ok ? read.value.events : expect.fail(JSON.stringify(read.fault));
  return first ?? expect.fail('no event');
}

function shuffled(value: JsonValue, dice: Iterator<number>): JsonValue {
  if (Array.isArray(value)) return mixed(value, dice).map((item) => shuffled(item, dice));
  if (typeof value !== 'object' || value === null || value instanceof JsonNumeral) return value;
  const members = mixed(Object.entries(value), dice);
  return Object.fromEntries(members.map(([name, item]) => [name, shuffled(item, dice)]));
}

function mixed<T>(items: readonly T[], dice: Iterator<number>): T[] {
  const rest = [...items];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(Number(dice.next().value) % rest.length, 1));
  return out;
}
