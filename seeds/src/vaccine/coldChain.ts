import { type Committed, command } from '@triflow/sdk';
import { capture } from '../field/capture.js';
import {
  bindDevice,
  followAlert,
  type StoryDevice,
  sendReadings,
  type ToldAlert,
} from '../field/devices.js';
import { expectSame, present } from '../scenarioError.js';
import { receivedEvent, shippedEvent } from './goodsEvents.js';
import type { UnitName } from './names.js';
import { BREACH_MS, COLD, LEG_STEPS, WARM, WARM_STEPS, warmFault } from './terms.js';
import {
  certificateOf,
  nameOf,
  subjectOf,
  tellRefusal,
  unitOf,
  type VaccinePlay,
} from './vaccinePlay.js';

const CARRIER = 'carrier';

/** A journey of a unit, from one party to another, with the logger that watches it. */
export interface Leg {
  readonly unit: UnitName;
  readonly from: string;
  readonly to: string;
  readonly logger: StoryDevice;
  /** What the logger tells on the way; `silent` is switched off. */
  readonly record: 'cold' | 'warm' | 'silent';
}

/**
 * The logger is put on the goods, the carrier signs for them, and they are on their way. Gives the
 * dispatch, in which a debt may open.
 */
export async function depart(play: VaccinePlay, leg: Leg): Promise<Committed> {
  const { stage } = play;
  const { unit, from, to, logger, record } = leg;
  await bindDevice(stage, logger, unit.id);
  await setLimits(play, leg);
  if (record !== 'silent') await sendReadings(stage, logger, { steps: 1 });
  const { actor } = stage.cast;
  const happening = { codes: [unit.code], timeMs: stage.nowMs(), place: '00302' };
  const json = shippedEvent(happening, actor(from).id, actor(to).id);
  const { key } = await capture(stage, from, json);
  await passCustody(play, { id: unit.id, from, to: CARRIER, events: [key] });
  const shipping = { ...(await subjectOf(play, CARRIER, unit.id)), to: actor(to).id };
  const shipped = await stage.act(CARRIER, command('trace', 'ship', shipping));
  const told = `${nameOf(play, CARRIER)} signed for ${unit.id} and takes it from`;
  stage.tell('goods', `${told} ${nameOf(play, from)} to ${nameOf(play, to)}`);
  return shipped;
}

/** Custody changes by two signatures: who gives opens, who takes countersigns. */
export async function passCustody(
  play: VaccinePlay,
  hand: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly events?: string[];
  },
): Promise<void> {
  const { stage } = play;
  const { id, from, to, events = [] } = hand;
  const receiver = stage.cast.actor(to).id;
  const subject = await subjectOf(play, from, id);
  await stage.agree([from, to], command('trace', 'hand_over', { ...subject, receiver, events }));
}

/** What the logger measures on the way goes to the carrier's gateway. */
export async function travel(play: VaccinePlay, leg: Leg): Promise<void> {
  const { stage } = play;
  const { logger, record, unit } = leg;
  if (record === 'silent') return;
  const warm = record === 'warm';
  await sendReadings(
    stage,
    logger,
    warm ? { steps: WARM_STEPS, faults: [warmFault] } : { steps: LEG_STEPS },
  );
  if (!warm) stage.tell('goods', `logger of ${unit.id}: 2 to 8 °C all the way, no gap`);
}

/** The receiver has the release certificate's copy and a whole, cold record: it takes the goods. */
export async function arrive(play: VaccinePlay, leg: Leg): Promise<void> {
  const { stage } = play;
  const { unit, from, to } = leg;
  const { actor } = stage.cast;
  const happening = { codes: [unit.code], timeMs: stage.nowMs(), place: '00303' };
  await capture(stage, to, receivedEvent(happening, actor(from).id, actor(to).id));
  await stage.act(to, await receipt(play, leg));
  const { top } = await unitOf(play, to, unit.id);
  expectSame(`the state of ${unit.id}`, top?.state, 'RECEIVED');
  expectSame(`the custodian of ${unit.id}`, top?.custodian, actor(to).id);
  stage.tell('goods', `${nameOf(play, to)} received ${unit.id}, cold chain whole`);
}

/** One whole journey. */
export async function journey(play: VaccinePlay, leg: Leg): Promise<void> {
  await depart(play, leg);
  await travel(play, leg);
  await arrive(play, leg);
}

/** V 37: goods whose record is broken are not taken; they are held, and a report is due at once. */
export async function refuseBroken(
  play: VaccinePlay,
  leg: Leg,
  code: 'temperature_out_of_range' | 'temperature_record_incomplete',
): Promise<void> {
  const { stage } = play;
  const { unit, to, from } = leg;
  const refusal = await stage.refused(to, await receipt(play, leg), code);
  tellRefusal(play, `${nameOf(play, to)} may not receive ${unit.id}`, refusal);
  const refusing = command('trace', 'refuse', { id: unit.id, reason: code.replaceAll('_', ' ') });
  const refused = await stage.act(to, refusing);
  const due = refused.events.find(({ type }) => type === 'report.due');
  const { number } = present(`the report on ${unit.id}`, due?.data);
  const { top } = await unitOf(play, from, unit.id);
  expectSame(`the state of ${unit.id}`, top?.state, 'QUARANTINED');
  stage.tell('alert', `${unit.id} is refused and held: a report to the authorities is due`);
  const report = certificateOf(play, `report on ${unit.id}`);
  const filing = { id: unit.id, number: Number(number), report };
  await stage.act(to, command('trace', 'file_report', filing));
  stage.tell('data', `${nameOf(play, to)} reported ${unit.id} to drug and health authorities`);
}

/** The alert of a broken leg, as the maker's event stream tells it. */
export function untilTooWarm({ stage }: VaccinePlay, { unit }: Leg): Promise<ToldAlert> {
  return followAlert(stage, 'mah', { asset: unit.id, kind: 'TEMP_SINGLE' });
}

async function receipt(play: VaccinePlay, { unit, to }: Leg) {
  const releaseCopy = certificateOf(play, play.names.lot);
  return command('trace', 'receive', { ...(await subjectOf(play, to, unit.id)), releaseCopy });
}

/** Over 8 °C or under 2 °C: the maker answers for it, whoever carries the goods. */
async function setLimits({ stage }: VaccinePlay, { unit, logger }: Leg): Promise<void> {
  const { witness } = logger;
  const name = unit.id.slice('vu_'.length);
  const { data } = await stage.read(witness, (client) => client.rules.get(`warm-${name}`));
  // Goods that travel again have their rules.
  if (data !== null) return;
  const rules = [
    ['warm', 'gt', WARM],
    ['cold', 'lt', COLD],
  ] as const;
  const commands = rules.map(([side, compare, threshold]) => {
    return command('monitoring', 'set_rule', {
      id: `${side}-${name}`,
      selector: { asset: unit.id },
      condition: {
        kind: 'TEMP_SINGLE',
        compare,
        threshold,
        clearCount: 1,
        durationMs: BREACH_MS,
      },
      severity: 'critical',
      owner: stage.cast.actor('mah').id,
    });
  });
  await stage.act(witness, commands);
}
