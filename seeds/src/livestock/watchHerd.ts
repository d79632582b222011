import { command } from '@triflow/sdk';
import {
  bindDevice,
  expectOpenAlerts,
  followAlert,
  resolveAlert,
  type StoryDevice,
  sendReadings,
  type ToldAlert,
} from '../field/devices.js';
import { expectSame } from '../scenarioError.js';
import { trySaleOf } from './leaveHerd.js';
import { drawLoan, tryToDraw } from './lendOnHerd.js';
import {
  animalOf,
  BANK,
  FARM,
  type LivestockPlay,
  nameOf,
  paperOf,
  subjectOf,
} from './livestockPlay.js';
import { AWAY_STEPS, FEVER, FEVER_STEPS, fence, LOW_BATTERY, STEADY_STEPS, tags } from './terms.js';

const SUPERVISOR = 'supervisor';

/** Ear tags are bound to two animals, with rules by the supervisor who relies on them. */
export async function watchHerd(play: LivestockPlay): Promise<void> {
  const { stage } = play;
  const watched = [
    [tags.first, animalOf(play, 1).id],
    [tags.third, animalOf(play, 3).id],
  ] as const;
  const bind = async ([tag, asset]: (typeof watched)[number]): Promise<void> => {
    await bindDevice(stage, tag, asset);
    await stage.act(SUPERVISOR, rulesFor(play, asset));
    await sendReadings(stage, tag, { steps: STEADY_STEPS });
  };
  await Promise.all(watched.map(bind));
  const assets = watched.map(([, asset]) => asset).join(' and ');
  stage.tell('goods', `ear tags of ${assets} speak by ${nameOf(play, FARM)}'s gateway`);
}

/** Over the fence: no money goes out until somebody answers for it; then the draw is possible. */
export async function crossFence(play: LivestockPlay): Promise<void> {
  const { stage } = play;
  const { id } = animalOf(play, 1);
  const faults = [{ kind: 'leave-fence', fromStep: 0, steps: AWAY_STEPS }] as const;
  const alert = await provoke(play, tags.first, id, 'GEOFENCE', { steps: AWAY_STEPS, faults });
  stage.tell('alert', `${id} is over the fence (越界): ${alert.severity}`, alert.height);
  await tryToDraw(play, 'critical_alert_open');
  stage.report({ event: 'mark', name: 'middle' });
  await sendReadings(stage, tags.first, { steps: STEADY_STEPS });
  await tryToDraw(play, 'critical_alert_open');
  const evidence = paperOf(play, `${id} led back, fence mended`);
  await resolveAlert(stage, FARM, alert.id, evidence);
  await expectOpenAlerts(stage, FARM, id, 0);
  stage.tell('goods', `${id} is back; ${nameOf(play, FARM)} answered for the alert with evidence`);
  await drawLoan(play);
}

/** A fever and an empty battery are told, and stop nothing. */
export async function fallIll(play: LivestockPlay): Promise<void> {
  const { stage } = play;
  const { id } = animalOf(play, 3);
  const faults = [{ kind: 'drift', fromStep: 0, steps: FEVER_STEPS }] as const;
  const alert = await provoke(play, tags.third, id, 'VITALS', { steps: FEVER_STEPS, faults });
  stage.tell('alert', `${id} has a fever (体征): ${alert.severity}`, alert.height);
  const battery = await followAlert(stage, BANK, { asset: id, kind: 'BATTERY' });
  stage.tell('alert', `the ear tag of ${id} runs out (电量): ${battery.severity}`, battery.height);
}

/** An opened tag proves nothing: no sale before farm, vet and bank have put on another. */
export async function tamperWithTag(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const { id, tag: oldTag } = animalOf(play, 1);
  const faults = [{ kind: 'tamper', fromStep: 1, steps: 1 }] as const;
  const alert = await provoke(play, tags.first, id, 'TAMPER', { steps: STEADY_STEPS, faults });
  expectSame('how grave it is to open a tag', alert.severity, 'critical');
  stage.tell('alert', `the ear tag of ${id} was opened (防拆): ${alert.severity}`, alert.height);
  await trySaleOf(play, id);
  const retag = command('livestock', 'retag', {
    ...(await subjectOf(play, id)),
    tag: names.newTag,
    vet: stage.cast.actor('vet').id,
    tamperEvidence: paperOf(play, `the opened tag of ${id}`),
  });
  await stage.agree([FARM, 'vet', BANK], retag);
  await resolveAlert(stage, FARM, alert.id, paperOf(play, `muzzle of ${id} compared`));
  const signed = `${nameOf(play, 'vet')} and ${nameOf(play, BANK)} signed`;
  stage.tell('goods', `${id} wears ${names.newTag}, ${oldTag} is retired for ever: ${signed}`);
}

/** A fence, vital signs and charge; that a tag is opened is critical without a rule. */
function rulesFor({ stage, names }: LivestockPlay, asset: string) {
  const owner = stage.cast.actor(FARM).id;
  const name = asset.slice('an_'.length);
  const rules = [
    { kind: 'GEOFENCE', fence, minConsecutive: 2, clearCount: 2 },
    {
      kind: 'VITALS',
      reading: 'BODY_TEMPERATURE',
      compare: 'ge',
      threshold: FEVER,
      clearCount: 1,
    },
    { kind: 'BATTERY', compare: 'le', threshold: LOW_BATTERY, clearCount: 1 },
  ] as const;
  return rules.map((condition) => {
    return command('monitoring', 'set_rule', {
      id: `${condition.kind.toLowerCase()}-${names.code.toLowerCase()}-${name}`,
      selector: { asset },
      condition: condition.kind === 'GEOFENCE' ? { ...condition, fence: [...fence] } : condition,
      severity: condition.kind === 'GEOFENCE' ? 'critical' : 'warning',
      owner,
    });
  });
}

/** The device measures; the bank's event stream tells the alert. */
async function provoke(
  { stage }: LivestockPlay,
  tag: StoryDevice,
  asset: string,
  kind: string,
  sending: Parameters<typeof sendReadings>[2],
): Promise<ToldAlert> {
  const told = followAlert(stage, BANK, { asset, kind });
  told.catch(() => undefined);
  await sendReadings(stage, tag, sending);
  return told;
}
