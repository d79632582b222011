import { command } from '@triflow/sdk';
import type { Cast } from '../cast.js';
import { moneyText } from '../figures.js';
import { saveProof } from '../saveProof.js';
import {
  chooseRun,
  countsOf,
  evidenceFileOf,
  PROBE_MS,
  type ScenarioOptions,
  type ScenarioSummary,
} from '../scenario.js';
import { expectSame, present } from '../scenarioError.js';
import { openStage } from '../stage.js';
import {
  arrive,
  depart,
  journey,
  type Leg,
  passCustody,
  refuseBroken,
  travel,
  untilTooWarm,
} from './coldChain.js';
import { agreeSupply, makeLots, releaseLots } from './makeLots.js';
import { type UnitName, type VaccineNames, vaccineNames } from './names.js';
import {
  type Debt,
  debtOf,
  expectCancelled,
  expectThreeFlows,
  payTooEarly,
  settle,
} from './payFor.js';
import { dispenseOnce, type Reach, recallAll } from './recallAll.js';
import { loggers, PACKS_PER_CASE } from './terms.js';
import {
  nameOf,
  paperOf,
  subjectOf,
  tellRefusal,
  unitOf,
  type VaccinePlay,
} from './vaccinePlay.js';

/** What a run comes to. */
export interface VaccineSummary extends ScenarioSummary {
  readonly scenario: 'vaccine';
  readonly ids: Pick<VaccineNames, 'bulk' | 'lot' | 'otherLot' | 'payment'>;
  /** Where the units stand at the end, by id. */
  readonly states: Readonly<Record<string, string>>;
  readonly paid: string;
  readonly payment: string;
  readonly recall: Reach;
}

/**
 * Plays the scenario: a vaccine goes from its maker by two CDCs to a clinic, cold, recorded and
 * signed for at each step; what was not cold is refused; what was accepted is paid; a recall
 * reaches all of it. Throws at the first thing that is not as expected.
 */
export async function playVaccine(options: ScenarioOptions): Promise<VaccineSummary> {
  const stage = await openStage(options.cast, options.report);
  const run = await chooseRun(options.run, (name) => isFree(options.cast, name));
  const names = vaccineNames(run);
  const play: VaccinePlay = { stage, names };
  const evidenceFile = evidenceFileOf('vaccine', run, options);
  await makeLots(play);
  await releaseLots(play);
  await agreeSupply(play);
  stage.step('lots released');
  const debt = await supplyProvince(play);
  stage.step('cold chain whole, paid');
  await breakChain(play);
  stage.step('broken legs refused');
  await supplyClinic(play);
  await dispenseOnce(play);
  stage.step('dose given');
  const recall = await recallAll(play);
  await expectThreeFlows(play, debt.minor);
  const states = await readStates(play);
  const about = [debt.obligation, names.payment, ...Object.keys(states)];
  await saveProof(stage, 'regulator', about, evidenceFile);
  const { bulk, lot, otherLot, payment } = names;
  return {
    scenario: 'vaccine',
    run,
    ids: { bulk, lot, otherLot, payment },
    ...countsOf(stage.tally),
    evidenceFile,
    states,
    paid: moneyText(debt.minor, 'CNY'),
    payment: 'PAID',
    recall,
  };
}

/** The pallet goes to the province; payment waits for the evidence and is then settled. */
async function supplyProvince(play: VaccinePlay): Promise<Debt> {
  const { stage, names } = play;
  const leg: Leg = {
    unit: names.pallet,
    from: 'mah',
    to: 'cdc-1',
    logger: loggers.first,
    record: 'cold',
  };
  const shipped = await depart(play, leg);
  const debt = await debtOf(play, shipped, 2 * PACKS_PER_CASE);
  stage.report({ event: 'mark', name: 'middle' });
  await payTooEarly(play, debt);
  await travel(play, leg);
  await arrive(play, leg);
  await settle(play, debt);
  return debt;
}

/** One case gets warm and one travels with its logger off: neither is taken. */
async function breakChain(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const [, second, third] = names.cases;
  const warm: Leg = {
    unit: present('the third case', third),
    from: 'mah',
    to: 'cdc-1',
    logger: loggers.second,
    record: 'warm',
  };
  const shipped = await depart(play, warm);
  const debt = await debtOf(play, shipped, PACKS_PER_CASE);
  await travel(play, warm);
  const alert = await untilTooWarm(play, warm);
  expectSame('how grave the alert is', alert.severity, 'critical');
  stage.tell(
    'alert',
    `${warm.unit.id}: over 8 °C on its way, ${alert.id.slice(0, 11)}…`,
    alert.height,
  );
  await refuseBroken(play, warm, 'temperature_out_of_range');
  await expectCancelled(play, debt);
  await destroyCase(play, warm.unit);
  await unloadPallet(play);
  const silent: Leg = {
    unit: present('the second case', second),
    from: 'cdc-1',
    to: 'cdc-2',
    logger: loggers.second,
    record: 'silent',
  };
  await depart(play, silent);
  await refuseBroken(play, silent, 'temperature_record_incomplete');
  await passCustody(play, { id: silent.unit.id, from: 'carrier', to: 'cdc-1' });
}

/** The case that stayed cold goes on to the city and from there to the clinic. */
async function supplyClinic(play: VaccinePlay): Promise<void> {
  const unit = present('the first case', play.names.cases[0]);
  const leg = { unit, logger: loggers.first, record: 'cold' } as const;
  await journey(play, { ...leg, from: 'cdc-1', to: 'cdc-2' });
  await journey(play, { ...leg, from: 'cdc-2', to: 'clinic' });
}

/** While its alert is open nobody sets the goods free; before a witness they are destroyed. */
async function destroyCase(play: VaccinePlay, { id }: UnitName): Promise<void> {
  const { stage } = play;
  await passCustody(play, { id, from: 'carrier', to: 'mah' });
  const evidence = paperOf(play, `decision on ${id}`);
  const subject = await subjectOf(play, 'mah', id);
  const free = command('trace', 'qa_release', { ...subject, evidence });
  const refusal = await stage.refused('mah', free, 'critical_alert_open');
  tellRefusal(play, `${id} is not set free while its alert is open`, refusal);
  const witness = stage.cast.actor('supervisor').id;
  const reason = 'warmed over 8 °C on the way';
  const destroying = command('trace', 'destroy', { ...subject, witness, reason, evidence });
  await stage.agree(['mah', 'supervisor'], destroying);
  const told = `${nameOf(play, 'mah')} destroyed ${id}`;
  stage.tell('goods', `${told}, ${nameOf(play, 'supervisor')} is witness`);
}

async function unloadPallet(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const parent = names.pallet.id;
  const { version: expectedVersion } = await unitOf(play, 'cdc-1', parent);
  const children = names.cases.slice(0, 2).map(({ id }) => id);
  await stage.act('cdc-1', command('trace', 'unpack', { parent, expectedVersion, children }));
}

/** How the goods stand at the end, as the ledger keeps it: the recall is a mark on their lots. */
async function readStates(play: VaccinePlay): Promise<Readonly<Record<string, string>>> {
  const { names } = play;
  const [first, second, third] = names.cases.map(({ id }) => id);
  const packs = names.packs[0] ?? [];
  const expected: readonly (readonly [string | undefined, string])[] = [
    [names.pallet.id, 'RECEIVED'],
    [first, 'RECEIVED'],
    [second, 'QUARANTINED'],
    [third, 'DESTROYED'],
    [packs[0]?.id, 'DISPENSED'],
    [packs[1]?.id, 'RECEIVED'],
  ];
  const states: Record<string, string> = {};
  for (const [id, state] of expected) {
    const { top } = await unitOf(play, 'regulator', present('a unit', id));
    expectSame(`the state of ${id}`, top?.state, state);
    states[present('a unit', id)] = state;
  }
  return states;
}

/** Its bulk is the first thing that a run makes. */
async function isFree({ client }: Cast, run: string): Promise<boolean> {
  const { bulk } = vaccineNames(run);
  const found = await client('mah').traces.getTracedLot(bulk, { timeoutMs: PROBE_MS });
  return found.data === null;
}
