import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import {
  FARM,
  type LivestockPlay,
  nameOf,
  paperOf,
  subjectOf,
  tellRefusal,
} from './livestockPlay.js';
import type { AnimalName } from './names.js';
import { AGE_DAYS, HEADS, INSURED_DAYS, SPECIES } from './terms.js';

const VET = 'vet';
/** A count may differ from the book by 5 % before it is a mismatch. */
const TOLERANCE_BPS = 500;

/**
 * The farm registers its cattle by their muzzles, insured; with the vet it tags them and leads them
 * into the pen. One muzzle is one animal.
 */
export async function raiseHerd(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const { pen, animals } = names;
  await stage.act(FARM, [
    command('livestock', 'open_pen', { id: pen, name: 'pen 2', toleranceBps: TOLERANCE_BPS }),
    ...animals.map((animal) => registration(play, animal)),
  ]);
  const vet = stage.cast.actor(VET).id;
  const tags = animals.map(async ({ id, tag }) => {
    return command('livestock', 'bind_tag', { ...(await subjectOf(play, id)), tag, vet });
  });
  await stage.agree([FARM, VET], await Promise.all(tags));
  const places = animals.map(async ({ id }) => {
    return command('livestock', 'place', { ...(await subjectOf(play, id)), pen, vet });
  });
  await stage.agree([FARM, VET], await Promise.all(places));
  const herd = `${HEADS} head of cattle, insured and tagged before ${nameOf(play, VET)}`;
  stage.tell('goods', `${nameOf(play, FARM)}: ${herd}, in ${pen}`);
  const [first] = animals;
  if (first === undefined) return;
  const twice = registration(play, { ...names.late, biometricHash: first.biometricHash });
  const refusal = await stage.refused(FARM, twice, 'animal_already_registered');
  tellRefusal(play, `the muzzle of ${first.id} is no second animal`, refusal);
}

/** The command that registers an animal, insured. */
export function registration(play: LivestockPlay, { id, biometricHash }: AnimalName) {
  const { stage, names } = play;
  const today = dayOfTime(stage.nowMs());
  return command('livestock', 'register', {
    id,
    species: SPECIES,
    born: today - AGE_DAYS,
    sex: 'castrated',
    biometricHash,
    photoRef: paperOf(play, `photo of ${id}`),
    batch: `${names.code}-A`,
    insurance: {
      insurer: stage.cast.actor('insurer').id,
      policy: `P-${names.code}`,
      validTo: today + INSURED_DAYS,
    },
  });
}
