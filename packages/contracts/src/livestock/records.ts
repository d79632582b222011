import {
  defined,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { animals, herds, pens, tags } from './keys.js';
import type { Animal, AnimalState, Herd } from './schema.js';
import { status } from './statusCodes.js';

type Place = Exclude<keyof Herd, 'farm' | 'headsIn'>;

const placeOf: Readonly<Partial<Record<AnimalState, Place>>> = {
  IN_PEN: 'inPens',
  MISSING: 'missing',
  SOLD: 'sold',
  CULLED: 'culled',
  DEAD: 'dead',
};

/** The record of an animal that the guards have found. */
export function animalToChange(context: ReadContext, id: string): Animal {
  return defined(context.get(animals, id), `livestock: ${id} was found by its guards`);
}

/**
 * The guards of every command on an animal, in the documented order: it exists, the farm signs (at
 * opening), no order stops it, nothing waits, its state allows, the version is the one read.
 */
export function animalProblem(
  context: ReadContext,
  id: string,
  command: {
    readonly states: readonly AnimalState[];
    readonly expectedVersion: number;
    readonly phase?: 'open' | 'final';
  },
): Status | undefined {
  const animal = context.get(animals, id);
  if (animal === undefined) return status('object_not_found');
  const opens = command.phase !== 'final';
  if (opens && animal.farm !== context.sender) return status('signer_not_party_to_object');
  if (isFrozenAt(animal, context.timeMs)) return status('object_is_frozen');
  if (animal.pending !== undefined) return status('object_has_pending_command');
  if (!command.states.includes(animal.state)) return status('state_forbids_command');
  const same = !opens || animal.version === command.expectedVersion;
  return same ? undefined : status('object_version_is_stale');
}

/** Writes an animal's new record with one version more, and keeps the heads of A2. */
export function saveAnimal(context: WriteContext, before: Animal, after: Animal): Animal {
  const saved = { ...after, version: before.version + 1 };
  context.put(animals, [after.id], saved);
  countHeads(context, before, after);
  return saved;
}

/** What a countersigned command leaves on an animal between its signatures (R9). */
export function holdAnimal(command: string) {
  return {
    open: (context: WriteContext, { id }: { readonly id: string }, pendingId: string) => {
      const animal = animalToChange(context, id);
      saveAnimal(context, animal, { ...animal, pending: { command, pendingId } });
    },
    restore: (context: WriteContext, { id }: { readonly id: string }) => {
      const { pending: _, ...animal } = animalToChange(context, id);
      saveAnimal(context, animal, animal);
    },
  };
}

/** The animal's tag, if it has one, never binds again (A1). */
export function retireTag(context: WriteContext, { id, tag }: Animal): void {
  if (tag === undefined) return;
  context.put(tags, [tag], { animal: id, state: 'RETIRED', retiredAt: context.timeMs });
}

/** Ends an animal's stay: its tag is retired, its state tells how it left. */
export function exitAnimal(
  context: WriteContext,
  animal: Animal,
  state: 'SOLD' | 'CULLED' | 'DEAD',
  exit: Omit<NonNullable<Animal['exit']>, 'at'>,
): void {
  retireTag(context, animal);
  const left = { ...animal, state, exit: { ...exit, at: context.timeMs } };
  const { version } = saveAnimal(context, animal, left);
  context.emit('animal.exited', animal.id, { version, state, tag: animal.tag, ...exit });
}

function countHeads(context: WriteContext, before: Animal, after: Animal): void {
  movePen(context, before, -1);
  movePen(context, after, 1);
  const from = placeOf[before.state];
  const to = placeOf[after.state];
  if (from === to) return;
  const herd = herdOf(context, after.farm);
  const left = from === undefined ? herd : { ...herd, [from]: herd[from] - 1 };
  const headsIn = from === undefined ? herd.headsIn + 1 : herd.headsIn;
  const arrived = to === undefined ? left : { ...left, [to]: left[to] + 1 };
  context.put(herds, [after.farm], { ...arrived, headsIn });
}

function movePen(context: WriteContext, { state, pen }: Animal, by: number): void {
  if (state !== 'IN_PEN' || pen === undefined) return;
  const record = defined(context.get(pens, pen), `livestock: ${pen} is a pen`);
  context.put(pens, [pen], { ...record, heads: record.heads + by });
}

function herdOf(context: ReadContext, farm: PartyId): Herd {
  const none = { headsIn: 0, inPens: 0, sold: 0, dead: 0, culled: 0, missing: 0 };
  return context.get(herds, farm) ?? { farm, ...none };
}
