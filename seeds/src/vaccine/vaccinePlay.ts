import { documentRef } from '../papers.js';
import { present } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';
import type { VaccineNames } from './names.js';

/** One playing of the scenario: the stage and the ids of this run. */
export interface VaccinePlay {
  readonly stage: Stage;
  readonly names: VaccineNames;
}

/** A unit's record, verified, as a party may read it. */
export async function unitOf({ stage }: VaccinePlay, alias: string, id: string) {
  const { data } = await stage.read(alias, (client) => client.traces.getUnit(id));
  return present(id, data);
}

/** What a command on a unit names: the unit, as it stands now. */
export async function subjectOf(play: VaccinePlay, alias: string, id: string) {
  const { version: expectedVersion } = await unitOf(play, alias, id);
  return { id, expectedVersion };
}

/** The paper behind an act of this run. */
export function paperOf({ names }: VaccinePlay, title: string) {
  return documentRef(`${title} ${names.code}`);
}

/** The certificate of the lot's release: who receives goods must have a copy of it. */
export function certificateOf(play: VaccinePlay, lot: string) {
  return paperOf(play, `batch release certificate ${lot}`);
}

/** Says that something was refused, and by which rule. */
export function tellRefusal(
  { stage }: VaccinePlay,
  what: string,
  { code, height }: { readonly code: string; readonly height: number },
): void {
  stage.tell('alert', `${what}: ${code}`, height);
}

/** A party's name as it reads in a sentence. */
export function nameOf({ stage }: VaccinePlay, alias: string): string {
  return nameIn(stage, alias);
}
