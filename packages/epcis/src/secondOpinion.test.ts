import { createHash } from 'node:crypto';
import { parseJson } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from './document.js';
import { eventHash, preHash } from './eventHash.js';

fc.configureGlobal({ seed: 20_261_121 });

/**
 * A second reading of CBV 2.0 section 8.9, that shares nothing with the first: a value is made
 * together with its canonical text, so that what the pre-hash has to be is known by construction.
 * The order of rows is written out once more.
 */
interface Spelled {
  readonly json: unknown;
  readonly text: string;
}

/** Some member of an event: its JSON, and its whole entry in the pre-hash. */
interface Member {
  readonly name: string;
  readonly json: unknown;
  readonly entry: string;
}

const ROWS = [
  ...['certificationInfo', 'parentID', 'epcList', 'inputEPCList', 'childEPCs', 'quantityList'],
  ...['childQuantityList', 'inputQuantityList', 'outputEPCList', 'outputQuantityList', 'action'],
  ...['transformationID', 'bizStep', 'disposition', 'persistentDisposition', 'readPoint'],
  ...['bizLocation', 'sensorElementList'],
];
const CBV = 'https://ref.gs1.org/cbv/';
const VOC = 'https://gs1.org/voc/';
const DL = 'https://id.gs1.org/';
const CONTEXT = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { ex: 'https://ns.example.com/epcis/', o: 'https://o.org/x#' },
];

const spelled = (...pairs: readonly (readonly [unknown, string])[]): fc.Arbitrary<Spelled> => {
  return fc.constantFrom(...pairs.map(([json, text]) => ({ json, text })));
};

/** Worked out by hand from the EPC Tag Data Standard: digits, then weights 3 and 1 from the right. */
const identifiers = spelled(
  ['urn:epc:id:sgtin:4012345.011111.9876', `${DL}01/04012345111118/21/9876`],
  [
    'https://example.com/some/gtin/4012345111118/lot/L/ser/9876?x=1',
    `${DL}01/04012345111118/21/9876`,
  ],
  ['urn:epc:id:sscc:4012345.0000000333', `${DL}00/040123450000003338`],
  ['urn:epc:id:giai:4000001.111', `${DL}8004/4000001111`],
  ['urn:epc:id:gdti:4012345.11111.123', `${DL}253/4012345111118123`],
  ['urn:epc:id:sgcn:4012345.11111.7', `${DL}255/40123451111187`],
  ['urn:epc:id:grai:4012345.11111.A', `${DL}8003/04012345111118A`],
  ['urn:epc:id:cpi:4012345.AB-1.12', `${DL}8010/4012345AB-1/8011/12`],
  ['urn:epc:id:ginc:4012345.xyz', `${DL}401/4012345xyz`],
  ['urn:epc:id:itip:4012345.011111.01.02.S', `${DL}8006/040123451111180102/21/S`],
  ['urn:epc:id:upui:4012345.011111.U', `${DL}01/04012345111118/235/U`],
  ['urn:epc:id:bic:CSQU3054383', 'urn:epc:id:bic:CSQU3054383'],
  [' urn:uuid:1 ', 'urn:uuid:1'],
);
const classes = spelled(
  ['urn:epc:class:lgtin:4012345.011111.L7', `${DL}01/04012345111118/10/L7`],
  ['https://a.org/01/04012345111118/10/L7#x', `${DL}01/04012345111118/10/L7`],
  ['urn:epc:idpat:sgtin:4012345.011111.*', `${DL}01/04012345111118`],
  ['urn:epc:idpat:grai:4012345.11111.*', `${DL}8003/04012345111118`],
);
const places = spelled(
  ['urn:epc:id:sgln:4012345.00005.0', `${DL}414/4012345000054`],
  ['urn:epc:id:sgln:4012345.00005.d2', `${DL}414/4012345000054/254/d2`],
  ['https://a.org/gln/4012345000054/254/d2?q', `${DL}414/4012345000054/254/d2`],
  ['geo:22.300,-118.44', 'geo:22.300,-118.44'],
);
const numbers = spelled([0, '0'], [-0.5, '-0.5'], [26.6, '26.6'], [1e21, '1000000000000000000000']);
const times = spelled(
  ['2026-03-01T07:30:00Z', '2026-03-01T07:30:00.000Z'],
  ['2026-03-01T15:30:00.1+08:00', '2026-03-01T07:30:00.100Z'],
  ['2026-02-28T23:59:59.9996-00:30', '2026-03-01T00:30:00.000Z'],
  ['2024-02-29T00:00:00.1234999-12:00', '2024-02-29T12:00:00.123Z'],
);
const free = spelled(
  ['v', 'v'],
  ['007', '7'],
  ['.50', '0.5'],
  ['+1e2', '100'],
  [true, 'true'],
  ['cbv:BizStep-packing', `${CBV}BizStep-packing`],
  ['urn:epcglobal:cbv:disp:active', `${CBV}Disp-active`],
  ['ex:x', 'https://ns.example.com/epcis/x'],
  ['2026-03-01T07:30:00Z', '2026-03-01T07:30:00Z'],
  ['\u{1f600}', '\u{1f600}'],
  ['\uff5a', '\uff5a'],
);
const steps = word('BizStep-', ['shipping', 'void_shipping']);
const dispositions = word('Disp-', ['in_transit', 'active']);

/** Extensions of some place: names expanded, an entry an element, all in the order of their bytes. */
const { extensions } = fc.letrec<{ extensions: readonly Member[]; value: readonly Member[] }>(
  (tie) => ({
    extensions: fc.uniqueArray(tie('value') as fc.Arbitrary<never>, {
      maxLength: 3,
      selector: ({ name }: Member) => name,
    }) as fc.Arbitrary<readonly Member[]>,
    value: fc.oneof(
      { depthSize: 'small' },
      extensionOf(free.map(({ json, text }) => ({ json, tails: [`=${text}`] }))),
      extensionOf(
        fc.array(free, { minLength: 1, maxLength: 3 }).map((items) => ({
          json: items.map(({ json }) => json),
          tails: items.map(({ text }) => `=${text}`),
        })),
      ),
      extensionOf(
        tie('extensions').map((inner) => ({
          json: jsonOf(inner),
          tails: [sorted(entriesOf(inner))],
        })),
      ),
    ) as fc.Arbitrary<never>,
  }),
);

const members: Readonly<Record<string, fc.Arbitrary<Member>>> = {
  certificationInfo: fc.array(identifiers, { minLength: 1, maxLength: 3 }).map((list) => {
    const entry = sorted(list.map(({ text }) => `certificationInfo=${text}`));
    return { name: 'certificationInfo', json: list.map(({ json }) => json), entry };
  }),
  ...Object.fromEntries(
    ['epcList', 'inputEPCList', 'childEPCs', 'outputEPCList'].map((name) => [name, epcs(name)]),
  ),
  ...Object.fromEntries(
    ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'].map((name) => [
      name,
      quantities(name),
    ]),
  ),
  parentID: scalar('parentID', identifiers),
  action: scalar('action', spelled(['ADD', 'ADD'], ['OBSERVE', 'OBSERVE'])),
  transformationID: scalar('transformationID', identifiers),
  bizStep: scalar('bizStep', steps),
  disposition: scalar('disposition', dispositions),
  readPoint: place('readPoint'),
  bizLocation: place('bizLocation'),
  bizTransactionList: typed('bizTransactionList', 'bizTransaction', 'BTT-', ['po', 'inv']),
  sourceList: typed('sourceList', 'source', 'SDT-', ['owning_party', 'location']),
  destinationList: typed('destinationList', 'destination', 'SDT-', ['possessing_party']),
  sensorElementList: sensors(),
  ilmd: extensions.map((list) => {
    return { name: 'ilmd', json: jsonOf(list), entry: asIlmd(sorted(entriesOf(list))) };
  }),
};

describe('a second reading of the event hash', () => {
  it('gives the same text for any event, in any order of its members', () => {
    const event = fc
      .record({ time: times, kept: fc.subarray(Object.keys(members)), own: extensions })
      .chain(({ time, kept, own }) => {
        const chosen = kept.flatMap((name) => members[name] ?? []);
        return fc.tuple(fc.tuple(...chosen), fc.constant(time), fc.constant(own), fc.boolean());
      });
    fc.assert(
      fc.property(event, ([chosen, time, own, isReversed]) => {
        const listed = (name: string): string =>
          chosen.find((one) => one.name === name)?.entry ?? '';
        const tail = chosen.filter(({ name }) => !ROWS.includes(name)).map(({ entry }) => entry);
        const wanted =
          `eventType=ObjectEventeventTime=${time.text}eventTimeZoneOffset=+08:00` +
          ROWS.map(listed).join('') +
          sorted([...tail, ...entriesOf(own)]);
        const all = [...chosen, ...own].map(({ name, json }) => [name, json] as const);
        const read = eventOf({
          '@context': CONTEXT,
          type: 'ObjectEvent',
          eventTime: time.json,
          eventTimeZoneOffset: '+08:00',
          eventID: 'urn:uuid:1',
          ...Object.fromEntries(isReversed ? all.reverse() : all),
        });
        expect(preHash(read)).toBe(wanted);
        const hex = createHash('sha256').update(wanted, 'utf8').digest('hex');
        expect(eventHash(read, sha256)).toBe(`ni:///sha-256;${hex}?ver=CBV2.0`);
      }),
      { numRuns: 500 },
    );
  });
});

function word(base: string, words: readonly string[]): fc.Arbitrary<Spelled> {
  return spelled(
    ...words.flatMap((one): [string, string][] => [
      [one, `${CBV}${base}${one}`],
      [`cbv:${base}${one}`, `${CBV}${base}${one}`],
      [`${CBV}${base}${one}`, `${CBV}${base}${one}`],
    ]),
  );
}

function scalar(name: string, values: fc.Arbitrary<Spelled>): fc.Arbitrary<Member> {
  return values.map(({ json, text }) => ({ name, json, entry: `${name}=${text}` }));
}

function epcs(name: string): fc.Arbitrary<Member> {
  return fc.array(identifiers, { maxLength: 4 }).map((list) => {
    const entry = sorted(list.map(({ text }) => `epc=${text}`));
    return { name, json: list.map(({ json }) => json), entry: entry === '' ? '' : name + entry };
  });
}

function quantities(name: string): fc.Arbitrary<Member> {
  const element = fc.tuple(classes, fc.option(numbers), fc.option(fc.constantFrom('KGM', 'LTR')));
  return fc.array(element, { minLength: 1, maxLength: 3 }).map((list) => {
    const json = list.map(([epcClass, quantity, uom]) => ({
      ...(uom === null ? {} : { uom }),
      ...(quantity === null ? {} : { quantity: quantity.json }),
      epcClass: epcClass.json,
    }));
    const entries = list.map(([epcClass, quantity, uom]) => {
      const amount = quantity === null ? '' : `quantity=${quantity.text}`;
      return `quantityElementepcClass=${epcClass.text}${amount}${uom === null ? '' : `uom=${uom}`}`;
    });
    return { name, json, entry: name + sorted(entries) };
  });
}

function place(name: string): fc.Arbitrary<Member> {
  return fc.tuple(places, extensions).map(([id, own]) => {
    const entry = `${name}id=${id.text}${sorted(entriesOf(own))}`;
    return { name, json: { ...jsonOf(own), id: id.json }, entry };
  });
}

function typed(
  list: string,
  name: string,
  base: string,
  words: readonly string[],
): fc.Arbitrary<Member> {
  const element = fc.tuple(word(base, words), identifiers);
  return fc.array(element, { minLength: 1, maxLength: 3 }).map((elements) => {
    const json = elements.map(([type, of]) => ({ [name]: of.json, type: type.json }));
    const entry =
      list + sorted(elements.map(([type, of]) => `type=${type.text}${name}=${of.text}`));
    return { name: list, json, entry };
  });
}

function sensors(): fc.Arbitrary<Member> {
  const type = spelled(['Temperature', `${VOC}Temperature`], ['gs1:Speed', `${VOC}Speed`]);
  const report = fc.tuple(type, numbers, extensions);
  const element = fc.tuple(times, fc.array(report, { minLength: 1, maxLength: 2 }), extensions);
  return fc.array(element, { minLength: 1, maxLength: 2 }).map((elements) => {
    const json = elements.map(([time, reports, own]) => ({
      ...jsonOf(own),
      sensorReport: reports.map(([of, value, more]) => {
        return { ...jsonOf(more), value: value.json, uom: 'CEL', type: of.json };
      }),
      sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111', time: time.json },
    }));
    const entries = elements.map(([time, reports, own]) => {
      const told = reports.map(([of, value, more]) => {
        return `sensorReporttype=${of.text}value=${value.text}uom=CEL${sorted(entriesOf(more))}`;
      });
      const metadata = `sensorMetadatatime=${time.text}deviceID=${DL}8004/4000001111`;
      return `sensorElement${metadata}${sorted(told)}${sorted(entriesOf(own))}`;
    });
    return { name: 'sensorElementList', json, entry: `sensorElementList${sorted(entries)}` };
  });
}

/** A member of an extension: `tails` are what follows its name, once an element. */
function extensionOf(
  values: fc.Arbitrary<{ readonly json: unknown; readonly tails: readonly string[] }>,
): fc.Arbitrary<Member> {
  const names = fc.constantFrom(
    ['ex:a', '{https://ns.example.com/epcis/}a'],
    ['ex:b', '{https://ns.example.com/epcis/}b'],
    ['o:c', '{https://o.org/x#}c'],
    ['cbvmda:d', '{urn:epcglobal:cbv:mda:}d'],
  );
  return fc.tuple(names, values).map(([[name = '', full = ''], { json, tails }]) => {
    return { name, json, entry: tails.map((tail) => full + tail).join('\n') };
  });
}

function entriesOf(list: readonly Member[]): string[] {
  return list.flatMap(({ entry }) => entry.split('\n'));
}

function jsonOf(list: readonly Member[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ name, json }) => [name, json]));
}

function asIlmd(entries: string): string {
  return entries === '' ? '' : `ilmd${entries}`;
}

/** By bytes of UTF-8, which is not the order of JavaScript's own comparison. */
function sorted(entries: readonly string[]): string {
  const bytes = entries.filter((entry) => entry !== '').map((entry) => Buffer.from(entry, 'utf8'));
  return Buffer.concat(bytes.sort(Buffer.compare)).toString('utf8');
}

function eventOf(json: Record<string, unknown>) {
  const parsed = parseJson(JSON.stringify(json));
  const read = parsed.ok ? readDocument(parsed.value) : expect.fail('JSON');
  const [first] = read.ok ? read.value.events : expect.fail(JSON.stringify(read.fault));
  return first ?? expect.fail('no event');
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
