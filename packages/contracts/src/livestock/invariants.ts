import { eachRecord, type Invariant } from '../invariant.js';
import { countVerdict } from './countVerdict.js';
import { animals, biometrics, herds, pens, tags } from './keys.js';
import { hasLeft } from './lifecycle.js';
import type { Animal, AnimalState } from './schema.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'A1 a tag and an animal belong to each other alone; a left one is retired',
    broken: (state) => {
      const uses = state.records(tags);
      const bound = uses.filter((use) => use.state === 'BOUND').map((use) => use.animal);
      const twice = new Set(bound).size === bound.length ? [] : ['A1: two tags on an animal'];
      const wrong = state.records(animals).filter((animal) => {
        if (animal.tag === undefined) return !['REGISTERED'].includes(animal.state);
        const use = state.read(tags, animal.tag);
        const expected = hasLeft(animal.state) ? 'RETIRED' : 'BOUND';
        return use?.animal !== animal.id || use.state !== expected;
      });
      return [...twice, ...wrong.map((animal) => `A1: ${animal.id}`)];
    },
  },
  {
    rule: 'A2 heads in = in pens + sold + dead + culled + missing',
    broken: (state) => {
      const all = state.records(animals);
      const wrong = state.records(herds).filter((herd) => {
        const { farm, headsIn, inPens, sold, dead, culled, missing } = herd;
        const heads = (name: AnimalState) => countOf(all, farm, name);
        const kept =
          inPens === heads('IN_PEN') &&
          sold === heads('SOLD') &&
          dead === heads('DEAD') &&
          culled === heads('CULLED') &&
          missing === heads('MISSING');
        return !kept || headsIn !== inPens + sold + dead + culled + missing;
      });
      return wrong.map((herd) => `A2: ${herd.farm}`);
    },
  },
  eachRecord('A2 a pen holds the heads that its book says', pens, (pen, state) => {
    const inside = state
      .records(animals)
      .filter((animal) => animal.state === 'IN_PEN' && animal.pen === pen.id);
    return inside.length === pen.heads;
  }),
  eachRecord('A3 a count off tolerance leaves its haircut', pens, ({ lastCount, ...pen }) => {
    if (lastCount === undefined) return pen.haircutBps === 0;
    const { isWithin, haircutBps } = countVerdict(
      { ...pen, heads: lastCount.book },
      lastCount.heads,
    );
    const eased = lastCount.by !== pen.farm || haircutBps >= pen.haircutBps;
    if (eased) return pen.haircutBps === haircutBps;
    return isWithin || pen.haircutBps > haircutBps;
  }),
  {
    rule: 'A4 one biometric hash, one living animal',
    broken: (state) => {
      const living = state.records(animals).filter((animal) => animal.state !== 'SOLD');
      const hashes = living.map((animal) => animal.biometricHash);
      const twice = new Set(hashes).size === hashes.length ? [] : ['A4: a hash stands twice'];
      const lost = living.filter(
        (animal) => state.read(biometrics, animal.biometricHash)?.animal !== animal.id,
      );
      return [...twice, ...lost.map((animal) => `A4: ${animal.id}`)];
    },
  },
];

function countOf(all: readonly Animal[], farm: string, state: AnimalState): number {
  return all.filter((animal) => animal.farm === farm && animal.state === state).length;
}
