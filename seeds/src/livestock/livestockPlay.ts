import { documentRef } from '../papers.js';
import { present } from '../scenarioError.js';
import { nameIn, type Refusal, type Stage } from '../stage.js';
import type { AnimalName, LivestockNames } from './names.js';

/** Who keeps the animals and owes, and who lends. */
export const FARM = 'farm';
export const BANK = 'bank-yangtze';

/** One playing of the scenario: the stage and the ids of this run. */
export interface LivestockPlay {
  readonly stage: Stage;
  readonly names: LivestockNames;
}

/** The animal of a number, 1 and up. */
export function animalOf({ names }: Pick<LivestockPlay, 'names'>, number: number): AnimalName {
  return present(`animal ${number}`, names.animals[number - 1]);
}

/** An animal's record as the bank reads it, verified. */
export async function recordOf({ stage }: LivestockPlay, id: string) {
  const { data } = await stage.read(BANK, (client) => client.animals.get(id));
  return present(id, data);
}

/** What a command on an animal names: the animal, as it stands now. */
export async function subjectOf({ stage }: LivestockPlay, id: string) {
  const { data } = await stage.read(FARM, (client) => client.animals.get(id));
  return { id, expectedVersion: present(id, data).version };
}

/** The facility as the bank reads it, verified. */
export async function facilityOf({ stage, names }: LivestockPlay) {
  const { data } = await stage.read(BANK, (client) => client.pledges.get(names.facility));
  return present(names.facility, data);
}

/** The paper behind an act of this run. */
export function paperOf({ names }: LivestockPlay, title: string) {
  return documentRef(`${title} ${names.code}`);
}

/** Says that something was refused, and by which rule. */
export function tellRefusal(play: LivestockPlay, what: string, { code, height }: Refusal): void {
  play.stage.tell('alert', `${what}: ${code}`, height);
}

/** A party's name as it reads in a sentence. */
export function nameOf({ stage }: LivestockPlay, alias: string): string {
  return nameIn(stage, alias);
}
