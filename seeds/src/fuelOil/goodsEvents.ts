import type { EpcisEventJson } from '../field/capture.js';

/** Parties of the story as they stand in an event: their ids are URIs. */
export interface EventParties {
  readonly supplier: string;
  readonly refinery: string;
  readonly carrier: string;
  readonly warehouse: string;
}

export interface EventFrame {
  readonly parties: EventParties;
  readonly order: string;
  /** Now, in ms; the delivery of the story lies in the hours before it. */
  readonly nowMs: number;
}

const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const ZONE = '+08:00';
const MINUTE_MS = 60_000;
/** GS1's example prefix; the lot tells one cargo from the other. */
const CARGO = 'urn:epc:class:lgtin:9521234.012345.FO380-T305';
const SECOND_CARGO = 'urn:epc:class:lgtin:9521234.012345.FO380-T306';
const BERTH = 'urn:epc:id:sgln:9521234.00101.0';
const JETTY = 'urn:epc:id:sgln:9521234.00202.0';
const TANK = 'urn:epc:id:sgln:9521234.00202.T305';
const SECOND_TANK = 'urn:epc:id:sgln:9521234.00202.T306';
const GAUGE = 'dev:device-1';

/** The cargo leaves the supplier's berth: ownership goes to the refinery. */
export function shippedEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  const { parties } = frame;
  return {
    ...objectEvent(frame, 600, 'shipping', 'in_transit', BERTH),
    quantityList: [cargo(CARGO, barrels)],
    bizTransactionList: [orderOf(frame)],
    sourceList: [{ type: 'owning_party', source: parties.supplier }],
    destinationList: [{ type: 'owning_party', destination: parties.refinery }],
  };
}

/** The carrier lies at the warehouse's jetty. */
export function arrivedEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  const { parties } = frame;
  return {
    ...objectEvent(frame, 240, 'arriving', 'in_transit', JETTY),
    quantityList: [cargo(CARGO, barrels)],
    bizTransactionList: [orderOf(frame)],
    sourceList: [{ type: 'possessing_party', source: parties.carrier }],
    destinationList: [{ type: 'possessing_party', destination: parties.warehouse }],
  };
}

/** Weighed into the tank. */
export function receivedEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  const { parties } = frame;
  return {
    ...objectEvent(frame, 120, 'receiving', 'in_progress', TANK),
    bizLocation: { id: TANK },
    quantityList: [cargo(CARGO, barrels)],
    bizTransactionList: [orderOf(frame)],
    sourceList: [{ type: 'possessing_party', source: parties.carrier }],
    destinationList: [{ type: 'possessing_party', destination: parties.warehouse }],
    sensorElementList: [gauge(3_160)],
  };
}

/** Inspected in the tank: the report behind the receipt. */
export function inspectedEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  return {
    ...objectEvent(frame, 60, 'inspecting', 'conformant', TANK),
    bizLocation: { id: TANK },
    quantityList: [cargo(CARGO, barrels)],
    bizTransactionList: [{ type: 'testres', bizTransaction: documentOf(frame, 'inspection') }],
    destinationList: [{ type: 'possessing_party', destination: frame.parties.warehouse }],
    sensorElementList: [gauge(3_140)],
  };
}

/** The refinery's own oil comes into the tank beside. */
export function secondReceivedEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  const { parties } = frame;
  return {
    ...objectEvent(frame, 0, 'receiving', 'in_progress', SECOND_TANK),
    bizLocation: { id: SECOND_TANK },
    quantityList: [cargo(SECOND_CARGO, barrels)],
    bizTransactionList: [{ type: 'recadv', bizTransaction: documentOf(frame, 'second') }],
    sourceList: [{ type: 'owning_party', source: parties.refinery }],
    destinationList: [{ type: 'possessing_party', destination: parties.warehouse }],
  };
}

/** Part of the goods leaves against its release token. */
export function withdrawnEvent(frame: EventFrame, barrels: bigint): EpcisEventJson {
  const { parties } = frame;
  return {
    ...objectEvent(frame, 0, 'shipping', 'in_transit', JETTY),
    quantityList: [cargo(CARGO, barrels)],
    bizTransactionList: [{ type: 'desadv', bizTransaction: documentOf(frame, 'release') }],
    sourceList: [{ type: 'possessing_party', source: parties.warehouse }],
    destinationList: [{ type: 'possessing_party', destination: parties.refinery }],
  };
}

function objectEvent(
  { nowMs }: EventFrame,
  minutesAgo: number,
  bizStep: string,
  disposition: string,
  place: string,
): EpcisEventJson {
  return {
    '@context': [CONTEXT],
    type: 'ObjectEvent',
    eventTime: new Date(nowMs - minutesAgo * MINUTE_MS).toISOString(),
    eventTimeZoneOffset: ZONE,
    action: 'OBSERVE',
    bizStep,
    disposition,
    readPoint: { id: place },
  };
}

function cargo(epcClass: string, barrels: bigint): EpcisEventJson {
  return { epcClass, quantity: Number(barrels), uom: 'BLL' };
}

function orderOf(frame: EventFrame): EpcisEventJson {
  return { type: 'po', bizTransaction: documentOf(frame, 'order') };
}

function documentOf({ order }: EventFrame, kind: string): string {
  return `https://fuel-oil.example/${kind}/${order}`;
}

/** What the tank's gauge reads, hundredths of a degree Celsius. */
function gauge(centiCelsius: number): EpcisEventJson {
  return {
    sensorMetadata: { deviceID: GAUGE },
    sensorReport: [
      { type: 'Temperature', value: centiCelsius / 100, uom: 'CEL' },
      { type: 'Density', value: 986.4, uom: 'KMQ' },
    ],
  };
}
