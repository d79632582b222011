import { eventHash, readDocument, type Sha256 } from '@triflow/epcis';
import { assert, type CborMap, isOk, parseJson, utf8FromText } from '@triflow/protocol';
import { lien } from '../lien/index.js';
import { partyRegistry } from '../party-registry/index.js';
import { payment } from '../payment/index.js';
import { pledgeFacility } from '../pledge-facility/index.js';
import { priceFeed } from '../price-feed/index.js';
import { given, type Outcome, type World } from '../testkit.js';
import { warehouseReceipt } from '../warehouse-receipt/index.js';
import { lots } from '../warehouse-receipt/keys.js';
import { trace } from './index.js';

/** The place of the shipper; 4012345000115 has the right check digit. */
export const GLN = '4012345000115';
export const PLACE = 'urn:epc:id:sgln:4012345.00011.0';
export const CONTEXT = 'https://ref.gs1.org/standards/epcis/epcis-context.jsonld';

/** A keeper with a lot, carriers, a farm and a device, and every contract that trace reads. */
export function traceWorld(): World {
  const contracts = [
    partyRegistry,
    priceFeed,
    payment,
    lien,
    warehouseReceipt,
    pledgeFacility,
    trace,
  ];
  const world = given({
    contracts,
    parties: {
      governor: ['GOVERNOR'],
      keeper: ['WAREHOUSE'],
      shipper: ['SUPPLIER'],
      carrier: ['CARRIER'],
      carrier2: ['CARRIER'],
      stranger: ['BUYER'],
      probe: ['DEVICE'],
    },
  });
  for (const id of ['lt_1', 'lt_2']) {
    const lot = { id, sku: 'CRUDE', grade: 'standard', unit: 'BLL', scale: 0 };
    const terms = { mode: 'commingled', lossStandardBps: 30 };
    const outcome = world.submit('keeper', 'warehouse-receipt', 'create_lot', { ...lot, ...terms });
    assert(isOk(outcome), `traceWorld: ${outcome.code}`);
  }
  return world;
}

/** Says that a receipt is open on the lot. */
export function withOpenReceipt(world: World, id: string): void {
  const lot = world.must(lots, id);
  const receipted = { ...lot.receipted, value: 5n };
  world.plant(lots, [id], { ...lot, onHand: receipted, receipted, openReceipts: 1 });
}

/** An event with the members given over a plain shipping event. */
export function eventText(members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    '@context': [CONTEXT, { triflow: 'https://triflow.example/ns/' }],
    type: 'ObjectEvent',
    eventTime: '2026-01-05T08:00:00+08:00',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    bizStep: 'shipping',
    disposition: 'in_transit',
    epcList: ['urn:epc:id:sgtin:0614141.107346.2017'],
    readPoint: { id: PLACE },
    ...members,
  });
}

/** What tests of `record_event` send; the hash function is theirs. */
export function traceTools(sha256: Sha256) {
  const recordParams = (text: string): { event: Uint8Array; hash: string } => {
    const json = parseJson(text);
    assert(json.ok, 'recordParams: not JSON');
    const document = readDocument(json.value);
    assert(document.ok, 'recordParams: not a document');
    const [event] = document.value.events;
    assert(event !== undefined, 'recordParams: no event');
    return { event: utf8FromText(text), hash: eventHash(event, sha256) };
  };
  const record = (
    world: World,
    alias: string,
    members: Readonly<Record<string, unknown>>,
    changes: CborMap = {},
  ): Outcome => {
    const params = { ...recordParams(eventText(members)), ...changes };
    return world.submit(alias, 'trace', 'record_event', params);
  };
  return { recordParams, record };
}

/** The key of the event last recorded. */
export function keyOf(outcome: Outcome): string {
  const recorded = outcome.events.find((event) => event.type === 'event.recorded');
  assert(recorded !== undefined, 'keyOf: nothing was recorded');
  return recorded.subject;
}
