import { parseJson } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { readDocument } from './document.js';
import { type EventFacts, eventFacts } from './eventFacts.js';

const instance = 'urn:epc:id:sgtin:4012345.011111.1';
const lot = 'urn:epc:class:lgtin:4012345.011111.L';
const common = { eventTime: '2026-03-01T15:30:00.5+08:00', eventTimeZoneOffset: '+08:00' };

describe('eventFacts', () => {
  it('gives identifiers and vocabulary in canonical form', () => {
    const facts = factsOf({
      ...common,
      type: 'ObjectEvent',
      eventID: 'urn:uuid:1',
      action: 'OBSERVE',
      bizStep: 'shipping',
      disposition: 'cbv:Disp-in_transit',
      epcList: [instance, 'https://x.org/01/04012345111118/21/1'],
      quantityList: [{ epcClass: lot, quantity: 1.5, uom: 'KGM' }, { epcClass: 'ex:c' }],
      readPoint: { id: 'urn:epc:id:sgln:4012345.00005.0' },
      bizLocation: { id: 'https://x.org/gln/4012345000115' },
      bizTransactionList: [
        { type: 'po', bizTransaction: 'urn:t:1' },
        { bizTransaction: 'urn:t:2' },
      ],
      sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00000' }],
      destinationList: [{ type: 'possessing_party', destination: 'urn:epc:id:pgln:4012345.00001' }],
      sensorElementList: [
        {
          sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111' },
          sensorReport: [{ deviceID: 'urn:d:2' }],
        },
      ],
    });
    expect(facts).toEqual({
      type: 'ObjectEvent',
      eventId: 'urn:uuid:1',
      eventTimeMs: Date.UTC(2026, 2, 1, 7, 30, 0, 500),
      eventTimeZoneOffset: '+08:00',
      action: 'OBSERVE',
      bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
      disposition: 'https://ref.gs1.org/cbv/Disp-in_transit',
      parentId: undefined,
      epcs: ['https://id.gs1.org/01/04012345111118/21/1'],
      childEpcs: [],
      inputEpcs: [],
      outputEpcs: [],
      quantities: [
        { epcClass: 'https://id.gs1.org/01/04012345111118/10/L', quantity: '1.5', uom: 'KGM' },
        { epcClass: 'https://e.org/c', quantity: undefined, uom: undefined },
      ],
      readPoint: 'https://id.gs1.org/414/4012345000054',
      bizLocation: 'https://id.gs1.org/414/4012345000115',
      bizTransactions: [
        { type: 'https://ref.gs1.org/cbv/BTT-po', id: 'urn:t:1' },
        { type: undefined, id: 'urn:t:2' },
      ],
      sources: [
        {
          type: 'https://ref.gs1.org/cbv/SDT-owning_party',
          id: 'https://id.gs1.org/417/4012345000009',
        },
      ],
      destinations: [
        {
          type: 'https://ref.gs1.org/cbv/SDT-possessing_party',
          id: 'https://id.gs1.org/417/4012345000016',
        },
      ],
      deviceIds: ['https://id.gs1.org/8004/4000001111', 'urn:d:2'],
      errorDeclaration: undefined,
    });
  });

  it('tells parent, children, inputs and outputs apart', () => {
    const packed = factsOf({
      ...common,
      type: 'AggregationEvent',
      action: 'ADD',
      parentID: 'urn:p:1',
      childEPCs: ['urn:c:1'],
    });
    expect(packed).toMatchObject({
      parentId: 'urn:p:1',
      childEpcs: ['urn:c:1'],
      epcs: ['urn:c:1'],
    });
    const made = factsOf({
      ...common,
      type: 'TransformationEvent',
      inputEPCList: ['urn:i:1'],
      outputEPCList: ['urn:o:1'],
      outputQuantityList: [{ epcClass: 'urn:q:1', quantity: 2 }],
    });
    expect(made).toMatchObject({
      action: undefined,
      inputEpcs: ['urn:i:1'],
      outputEpcs: ['urn:o:1'],
      epcs: ['urn:i:1', 'urn:o:1'],
      quantities: [{ epcClass: 'urn:q:1', quantity: '2', uom: undefined }],
    });
  });

  it('knows an error declaration and what corrects it', () => {
    const errorDeclaration = {
      declarationTime: '2026-03-02T00:00:00Z',
      correctiveEventIDs: ['urn:uuid:2'],
    };
    expect(factsOf({ ...common, type: 'ObjectEvent', errorDeclaration }).errorDeclaration).toEqual({
      declarationTimeMs: Date.UTC(2026, 2, 2),
      correctiveEventIds: ['urn:uuid:2'],
    });
  });
});

function factsOf(event: object): EventFacts {
  const json = parseJson(JSON.stringify({ '@context': { ex: 'https://e.org/' }, ...event }));
  if (!json.ok) expect.fail(JSON.stringify(json.fault));
  const document = readDocument(json.value);
  const [first] = document.ok ? document.value.events : [];
  return eventFacts(first ?? expect.fail('no event'));
}
