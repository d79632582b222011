import { limits, type QueryReader, stateKey } from '@triflow/protocol';
import { findLotAt } from '../../warehouse-receipt/internal.js';
import { indexText } from '../indexText.js';
import {
  lotEventEntries,
  tracedLots,
  traceEvents,
  transformations,
  unitSteps,
  units,
} from '../keys.js';
import type { TraceEventRecord } from '../schema.js';
import { canonicalCode } from '../unitCode.js';
import type { Transformation, Unit } from '../unitSchema.js';
import type { Graph } from './provenanceGraph.js';

const LISTED_MAX = 50;
const STEP = 'https://ref.gs1.org/cbv/BizStep-';

type Direction = 'up' | 'down';

/** A lot: its events, and what it was made of or what was made of it. */
export async function visitLot(
  reader: QueryReader,
  graph: Graph,
  id: string,
  direction: Direction,
): Promise<void> {
  const lot = await reader.get(tracedLots, id);
  await lotEvents(reader, graph, id);
  if (lot === undefined) {
    const warehouse = await findLotAt(reader, id);
    graph.keys.push(`warehouse-receipt/lot/${id}`);
    if (warehouse === undefined) graph.gap('record_missing', id);
    else graph.add(id, 'warehouse_lot', { warehouse: warehouse.warehouse, sku: warehouse.sku });
    if (direction === 'down') await madeOf(reader, graph, id);
    return;
  }
  graph.keys.push(stateKey(tracedLots, [id]));
  const { maker, sku, made, release, recall } = lot;
  graph.add(id, 'lot', {
    maker,
    sku,
    made,
    release: release.state,
    recalled: recall !== undefined,
  });
  await transformationsOf(reader, graph, id, direction);
  if (direction === 'down') {
    await madeOf(reader, graph, id);
    await topsOf(reader, graph, id);
    return;
  }
  const linked = new Set(graph.edges.filter((edge) => edge.to === id).map((edge) => edge.from));
  const nodes = graph.edges.filter((edge) => linked.has(edge.to)).map((edge) => edge.from);
  const told = new Set([...linked, ...nodes]);
  const untold = lot.ancestors.filter((one) => !told.has(one) && linked.size === 0);
  for (const one of untold) if (graph.add(one, 'lot', {})) graph.link(one, id, 'lineage');
}

/** A unit: its lot and what it is packed in (up), or what is packed in it (down); its events. */
export async function visitUnit(
  reader: QueryReader,
  graph: Graph,
  id: string,
  direction: Direction,
): Promise<void> {
  const unit = await reader.get(units, id);
  graph.keys.push(stateKey(units, [id]));
  if (unit === undefined) {
    graph.gap('record_missing', id);
    return;
  }
  graph.add(id, 'unit', {
    code: unit.code,
    level: unit.level,
    lot: unit.lot,
    state: stateOf(unit),
  });
  await unitStory(reader, graph, unit);
  if (direction === 'up') {
    if (graph.add(unit.lot, 'lot', {})) graph.link(unit.lot, id, 'lot_of');
    if (unit.parent !== undefined && graph.add(unit.parent, 'unit', {})) {
      graph.link(id, unit.parent, 'packed_in');
    }
    return;
  }
  const index = { name: 'parent', value: id };
  const children = await reader.list(units, { index, limit: limits.provenanceNodesMax });
  for (const { record } of children) {
    if (graph.add(record.id, 'unit', {})) graph.link(record.id, id, 'packed_in');
  }
  if (children.length < unit.children) graph.gap('search_incomplete', id);
}

/** A serial of which there may be no unit on the ledger: its events alone tell the story. */
export async function visitEpc(reader: QueryReader, graph: Graph, epc: string): Promise<void> {
  const code = canonicalCode(epc) ?? epc;
  const index = { name: 'code', value: indexText(code) };
  const [unit] = await reader.list(units, { index, limit: 1 });
  if (unit !== undefined) {
    graph.add(unit.record.id, 'unit', {});
    return;
  }
  const events = await eventsOf(reader, graph, code);
  if (events.length === 0) return;
  graph.add(code, 'epc', {});
  storyGaps(graph, code, events);
}

async function lotEvents(reader: QueryReader, graph: Graph, lot: string): Promise<void> {
  const index = { name: 'lot', value: lot };
  const page = await reader.list(lotEventEntries, { index, limit: LISTED_MAX });
  for (const { id, record } of page) {
    graph.keys.push(`trace/lotEvent/${id}`);
    const event = await reader.get(traceEvents, record.event);
    if (event !== undefined) addEvent(graph, event, lot);
  }
  if (page.length === LISTED_MAX) graph.gap('search_incomplete', lot);
}

/** The events that name a unit's code; without an ADD of it the ledger's own step stands alone. */
async function unitStory(reader: QueryReader, graph: Graph, unit: Unit): Promise<void> {
  const events = await eventsOf(reader, graph, unit.code, unit.id);
  const adds = events.some((event) => event.action === 'ADD' && isStep(event, 'commissioning'));
  if (!adds && unit.event === undefined) graph.gap('commissioning_event_missing', unit.id);
  const index = { name: 'unit', value: unit.id };
  const page = await reader.list(unitSteps, { index, limit: LISTED_MAX });
  graph.keys.push(...page.map(({ id }) => `trace/unitStep/${id}`));
  const steps = page.map(({ record }) => {
    const { kind, custodian, state, at, tx } = record;
    return { kind, custodian, state, at, tx };
  });
  graph.add(unit.id, 'unit', { steps });
  if (page.length === LISTED_MAX) graph.gap('search_incomplete', unit.id);
}

async function eventsOf(
  reader: QueryReader,
  graph: Graph,
  epc: string,
  subject = epc,
): Promise<TraceEventRecord[]> {
  const index = { name: 'epc', value: indexText(epc) };
  const page = await reader.list(traceEvents, { index, limit: LISTED_MAX });
  for (const { record } of page) addEvent(graph, record, subject);
  if (page.length === LISTED_MAX) graph.gap('search_incomplete', subject);
  const events = page.map(({ record }) => record).filter((event) => !event.isErrorDeclaration);
  return events.sort((a, b) => a.eventTimeMs - b.eventTimeMs);
}

/** From its first ADD on, each shipping is followed by a receiving and each receiving preceded. */
function storyGaps(graph: Graph, epc: string, events: readonly TraceEventRecord[]): void {
  const [first] = events;
  if (first?.action !== 'ADD') graph.gap('commissioning_event_missing', epc);
  let shipped: string | undefined;
  for (const event of events) {
    if (isStep(event, 'shipping')) {
      if (shipped !== undefined) graph.gap('receiving_event_missing', epc, shipped);
      shipped = event.key;
    } else if (isStep(event, 'receiving')) {
      if (shipped === undefined) graph.gap('shipping_event_missing', epc, event.key);
      shipped = undefined;
    }
  }
}

async function transformationsOf(
  reader: QueryReader,
  graph: Graph,
  lot: string,
  direction: Direction,
): Promise<void> {
  const index = { name: direction === 'up' ? 'output' : 'input', value: lot };
  const page = await reader.list(transformations, { index, limit: LISTED_MAX });
  for (const { record } of page) addTransformation(graph, record, direction);
  if (page.length === LISTED_MAX) graph.gap('search_incomplete', lot);
}

function addTransformation(graph: Graph, record: Transformation, direction: Direction): void {
  const { id, by, inputs, outputs, event, at } = record;
  graph.keys.push(stateKey(transformations, [id]));
  if (!graph.add(id, 'transformation', { by, inputs, outputs, event, at })) return;
  for (const { lot } of direction === 'up' ? inputs : outputs) graph.add(lot, 'lot', {});
  for (const { lot } of inputs) if (graph.nodes.has(lot)) graph.link(lot, id, 'input');
  for (const { lot } of outputs) if (graph.nodes.has(lot)) graph.link(id, lot, 'output');
}

/** Lots that name this one as an earlier stage, where no transformation tells it already. */
async function madeOf(reader: QueryReader, graph: Graph, lot: string): Promise<void> {
  const index = { name: 'ancestor', value: lot };
  const page = await reader.list(tracedLots, { index, limit: LISTED_MAX });
  for (const { record } of page) {
    const told = graph.edges.some((edge) => edge.from === lot);
    if (told || graph.nodes.has(record.id)) continue;
    if (graph.add(record.id, 'lot', {})) graph.link(lot, record.id, 'lineage');
  }
  if (page.length === LISTED_MAX) graph.gap('search_incomplete', lot);
}

async function topsOf(reader: QueryReader, graph: Graph, lot: string): Promise<void> {
  const index = { name: 'lot', value: lot };
  const page = await reader.list(units, { index, limit: limits.provenanceNodesMax });
  for (const { record } of page) {
    if (record.parent !== undefined) continue;
    if (graph.add(record.id, 'unit', {})) graph.link(lot, record.id, 'lot_of');
  }
  if (page.length === limits.provenanceNodesMax) graph.gap('search_incomplete', lot);
}

function addEvent(graph: Graph, event: TraceEventRecord, subject: string): void {
  const { key, type, action, bizStep, eventTimeMs, submitter, standing } = event;
  graph.keys.push(stateKey(traceEvents, [key]));
  const facts = { type, action, bizStep, eventTimeMs, submitter, standing };
  if (graph.add(key, 'event', facts)) graph.link(key, subject, 'tells_of');
}

function isStep(event: TraceEventRecord, step: string): boolean {
  return event.bizStep === `${STEP}${step}`;
}

function stateOf(unit: Unit): string {
  return unit.top?.state ?? 'PACKED';
}
