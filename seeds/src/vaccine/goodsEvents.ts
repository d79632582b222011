import type { EpcisEventJson } from '../field/capture.js';

const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const ZONE = '+08:00';
/** Places under GS1's example prefix. */
const PLACE = 'urn:epc:id:sgln:9521234.';

/** Where and when something happened to codes. */
export interface Happening {
  readonly codes: readonly string[];
  readonly timeMs: number;
  readonly place: string;
}

/** The maker puts serials on its packs, cases and pallets. */
export function commissionedEvent(happening: Happening, maker: string): EpcisEventJson {
  return {
    ...objectEvent(happening, 'ADD', 'commissioning', 'active'),
    sourceList: [{ type: 'possessing_party', source: maker }],
  };
}

/** Goods leave a party for another. */
export function shippedEvent(happening: Happening, from: string, to: string): EpcisEventJson {
  return {
    ...objectEvent(happening, 'OBSERVE', 'shipping', 'in_transit'),
    ...betweenParties(from, to),
  };
}

/** Goods have come. */
export function receivedEvent(happening: Happening, from: string, to: string): EpcisEventJson {
  return {
    ...objectEvent(happening, 'OBSERVE', 'receiving', 'in_progress'),
    ...betweenParties(from, to),
  };
}

function objectEvent(
  { codes, timeMs, place }: Happening,
  action: 'ADD' | 'OBSERVE',
  bizStep: string,
  disposition: string,
): EpcisEventJson {
  return {
    '@context': [CONTEXT],
    type: 'ObjectEvent',
    eventTime: new Date(timeMs).toISOString(),
    eventTimeZoneOffset: ZONE,
    action,
    bizStep,
    disposition,
    epcList: codes,
    readPoint: { id: `${PLACE}${place}.0` },
  };
}

function betweenParties(from: string, to: string): EpcisEventJson {
  return {
    sourceList: [{ type: 'possessing_party', source: from }],
    destinationList: [{ type: 'possessing_party', destination: to }],
  };
}
