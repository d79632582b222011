import { limits, type QueryReader, stateKey, type TimeMs, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../../defineContract.js';
import { pageFields } from '../../fields.js';
import { indexText } from '../indexText.js';
import { custodySteps, sequenceParts, tracedLots, unitSteps, units } from '../keys.js';
import { lotIdSchema } from '../traceIds.js';
import { canonicalCode } from '../unitCode.js';
import { type Unit, type UnitStep, unitCodeSchema, unitIdSchema } from '../unitSchema.js';

/** A query's time: milliseconds, or RFC 3339 by way of the API. */
const momentSchema = z.coerce.number().pipe(timeSchema);
/** Steps that a signature of the receiver, or the maker's own, stands behind. */
const SIGNED: ReadonlySet<UnitStep['kind']> = new Set(['commission', 'receive', 'hand_over']);

/** Who had what, when. */
export const custodyQueries = {
  /** Who had a unit, named by id or code, at a time: custodian, state, the signed handover. */
  custodyAt: query({
    params: z.strictObject({
      unit: unitIdSchema.optional(),
      epc: unitCodeSchema.optional(),
      time: momentSchema,
    }),
    run: async (reader, { unit, epc, time }) => {
      const found = await findUnit(reader, unit, epc);
      const keys: string[] = [];
      if (found === undefined) return { data: null, proofRef: keys };
      const answer = await stepAt(reader, found.id, time, keys);
      if (answer === undefined) return { data: null, proofRef: keys };
      const { step, at } = answer;
      const signed = await signedStep(reader, step, at, keys);
      const { custodian, state, unit: tree, at: since } = step;
      return { data: { unit: found.id, tree, custodian, state, since, signed }, proofRef: keys };
    },
  }),
  /** Who had goods of a lot between two times, stretch by stretch, page by page. */
  whoHad: query({
    params: z.strictObject({
      lot: lotIdSchema,
      from: momentSchema,
      to: momentSchema,
      ...pageFields,
    }),
    run: async (reader, { lot, from, to, after, limit }) => {
      const traced = (await reader.get(tracedLots, lot)) !== undefined;
      const start = after === undefined ? {} : { after };
      const options = { index: { name: 'lot', value: lot }, limit, ...start };
      const page = traced
        ? await unitStretches(reader, options)
        : await lotStretches(reader, options);
      const items = page.stretches.filter(
        (one) => one.from <= to && (one.to === undefined || one.to > from),
      );
      const { next, keys } = page;
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef: keys };
    },
  }),
};

interface Stretch {
  readonly subject: string;
  readonly custodian: string;
  readonly from: TimeMs;
  readonly to: TimeMs | undefined;
}

interface Page {
  readonly stretches: readonly Stretch[];
  readonly next: string | undefined;
  readonly keys: readonly string[];
}

type ListOptions = Parameters<QueryReader['list']>[1];

async function findUnit(
  reader: QueryReader,
  id: string | undefined,
  epc: string | undefined,
): Promise<Unit | undefined> {
  if (id !== undefined) return reader.get(units, id);
  if (epc === undefined) return undefined;
  const index = { name: 'code', value: indexText(canonicalCode(epc) ?? epc) };
  const [first] = await reader.list(units, { index, limit: 1 });
  return first?.record;
}

/** The last step at or before a time, of the unit or of what it was packed in then. */
async function stepAt(
  reader: QueryReader,
  unit: string,
  time: TimeMs,
  keys: string[],
): Promise<{ readonly step: UnitStep; readonly at: number } | undefined> {
  let id = unit;
  for (let level = 0; level <= limits.packingLevelsMax; level += 1) {
    const found = await lastStep(reader, id, time, keys);
    if (found?.step.kind !== 'pack' || found.step.parent === undefined) return found;
    id = found.step.parent;
  }
  return undefined;
}

/** Steps are numbered in the order of time: halve until the last one that fits is found. */
async function lastStep(
  reader: QueryReader,
  id: string,
  time: TimeMs,
  keys: string[],
): Promise<{ readonly step: UnitStep; readonly at: number } | undefined> {
  let low = 0;
  let high = (await reader.get(units, id))?.steps ?? 0;
  let found: UnitStep | undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const step = await reader.get(unitSteps, ...sequenceParts(id, middle));
    if (step !== undefined && step.at <= time) {
      low = middle;
      found = step;
    } else {
      high = middle - 1;
    }
  }
  if (found === undefined) return undefined;
  keys.push(stateKey(unitSteps, sequenceParts(id, low)));
  return { step: found, at: low };
}

/** The step by which the custodian of a step got the goods, as far as the unit's own steps tell. */
async function signedStep(
  reader: QueryReader,
  step: UnitStep,
  at: number,
  keys: string[],
): Promise<UnitStep | null> {
  let current: UnitStep | undefined = step;
  const last = Math.max(1, at - limits.listPageDefault);
  for (let number = at; current !== undefined && number >= last; number -= 1) {
    if (SIGNED.has(current.kind)) {
      keys.push(stateKey(unitSteps, sequenceParts(current.unit, number)));
      return current;
    }
    if (current.kind === 'unpack' && current.parent !== undefined) {
      const before = await lastStep(reader, current.parent, current.at, keys);
      return before === undefined || before.step.kind === 'unpack'
        ? null
        : signedStep(reader, before.step, before.at, keys);
    }
    current = await reader.get(unitSteps, ...sequenceParts(step.unit, number - 1));
  }
  return null;
}

/** A stretch lasts until the unit's next step; what is packed is told by its tree. */
async function unitStretches(reader: QueryReader, options: ListOptions): Promise<Page> {
  const page = await reader.list(unitSteps, options);
  const stretches: Stretch[] = [];
  const keys: string[] = [];
  for (const { id, record } of page) {
    keys.push(`trace/unitStep/${id}`);
    if (record.kind === 'pack') continue;
    const number = Number(id.slice(id.lastIndexOf('/') + 1));
    const next = await reader.get(unitSteps, ...sequenceParts(record.unit, number + 1));
    const { unit: subject, custodian, at, state, kind, giver, receiver, tx, packs } = record;
    const facts = { state, kind, giver, receiver, tx, units: record.units, packs };
    stretches.push({ subject, custodian, from: at, to: next?.at, ...facts });
  }
  return { stretches, next: nextOf(page, options.limit), keys };
}

/** A warehouse's lot: each signed hand-over begins a stretch. */
async function lotStretches(reader: QueryReader, options: ListOptions): Promise<Page> {
  const page = await reader.list(custodySteps, options);
  const stretches: Stretch[] = [];
  const keys: string[] = [];
  for (const { id, record } of page) {
    keys.push(`trace/custodyStep/${id}`);
    if (record.kind !== 'hand_over') continue;
    const number = Number(id.slice(id.lastIndexOf('/') + 1));
    const next = await reader.get(custodySteps, ...sequenceParts(record.lot, number + 1));
    const { lot: subject, receiver: custodian, at, giver, receiver, events } = record;
    stretches.push({
      subject,
      custodian,
      from: at,
      to: next?.at,
      ...{ giver, receiver, events },
    });
  }
  return { stretches, next: nextOf(page, options.limit), keys };
}

function nextOf(page: readonly { readonly id: string }[], limit: number): string | undefined {
  return page.length === limit ? page.at(-1)?.id : undefined;
}
