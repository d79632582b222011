import { askNode, membersOf } from '../ask.js';
import type { Cast } from '../cast.js';
import { moneyText, percentText } from '../figures.js';
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
import { dieInsured, sellInCourse } from './leaveHerd.js';
import { agreeFacility, expectDebt, mortgageHerd, showHerd, takeEffect } from './lendOnHerd.js';
import { animalOf, BANK, FARM, facilityOf, type LivestockPlay, recordOf } from './livestockPlay.js';
import { type LivestockNames, livestockNames } from './names.js';
import { raiseHerd } from './raiseHerd.js';
import { HEADS, INSURANCE_MINOR, loan, sale } from './terms.js';
import { crossFence, fallIll, tamperWithTag, watchHerd } from './watchHerd.js';

/** How the herd of a run stands at the end. */
export interface HerdStanding {
  readonly states: Readonly<Record<string, string>>;
  readonly debt: string;
  readonly value: string;
  readonly ltv: string;
}

/** What a run comes to. */
export interface LivestockSummary extends ScenarioSummary {
  readonly scenario: 'livestock';
  readonly ids: Pick<LivestockNames, 'facility' | 'feed' | 'pen'> & {
    readonly animals: readonly string[];
  };
  readonly final: HerdStanding;
}

/**
 * Plays the scenario: cattle with ear tags secure a loan while the farm keeps them; a tag's alarm
 * stops money and sales until it is answered; a death is insured, a sale pays the bank. Throws at
 * the first thing that is not as expected.
 */
export async function playLivestock(options: ScenarioOptions): Promise<LivestockSummary> {
  const stage = await openStage(options.cast, options.report);
  const run = await chooseRun(options.run, (name) => isFree(options.cast, name));
  const names = livestockNames(run);
  const play: LivestockPlay = { stage, names };
  const evidenceFile = evidenceFileOf('livestock', run, options);
  // Neither waits for the other: the herd on one side, price, weights and agreement on the other.
  await Promise.all([raiseHerd(play), agreeFacility(play)]);
  stage.step('herd in its pen');
  await showHerd(play);
  await mortgageHerd(play);
  await watchHerd(play);
  await takeEffect(play);
  stage.step('herd mortgaged and watched');
  await crossFence(play);
  stage.step('loan drawn');
  await tamperWithTag(play);
  stage.step('tag replaced');
  await fallIll(play);
  await dieInsured(play);
  stage.step('death insured');
  await sellInCourse(play);
  stage.step('sale paid the bank');
  const final = await readAtTheEnd(play);
  const animals = names.animals.map(({ id }) => id);
  const { facility, feed, pen } = names;
  await saveProof(stage, BANK, [facility, pen, ...animals], evidenceFile);
  return {
    scenario: 'livestock',
    run,
    ids: { facility, feed, pen, animals },
    ...countsOf(stage.tally),
    evidenceFile,
    final,
  };
}

/** Two heads stand behind what is left; A2: in = in pens + sold + dead + culled + missing. */
async function readAtTheEnd(play: LivestockPlay): Promise<HerdStanding> {
  const { stage, names } = play;
  const states: Record<string, string> = {};
  for (const [at, state] of ['IN_PEN', 'SOLD', 'DEAD', 'IN_PEN'].entries()) {
    const { id } = animalOf(play, at + 1);
    expectSame(`the state of ${id}`, (await recordOf(play, id)).state, state);
    states[id] = state;
  }
  expectSame(
    'the tag of the first',
    (await recordOf(play, animalOf(play, 1).id)).tag,
    names.newTag,
  );
  const farm = stage.cast.actor(FARM).id;
  const counted = await askNode(stage, FARM, 'livestock.count', { pen: names.pen });
  expectSame('heads by the book', counted.book, HEADS - 2);
  const herd = membersOf('herd', (await askNode(stage, FARM, 'livestock.herd', { farm })).herd);
  const gone = ['inPens', 'sold', 'dead', 'culled', 'missing'].map((name) => Number(herd[name]));
  const sum = gone.reduce((total, heads) => total + heads, 0);
  expectSame('heads that ever came in', Number(herd.headsIn), sum);
  const owed = loan.drawnMinor - INSURANCE_MINOR - sale.fairMinor;
  await expectDebt(play, owed);
  const { valuation } = await facilityOf(play);
  const { valueMinor, ltvBps = 0 } = present('the last valuation', valuation);
  return {
    states,
    debt: moneyText(owed, 'CNY'),
    value: moneyText(valueMinor, 'CNY'),
    ltv: percentText(ltvBps),
  };
}

/** Its pen is the first thing that a run makes, its feed the second. */
async function isFree({ client }: Cast, run: string): Promise<boolean> {
  const { animals, feed } = livestockNames(run);
  const [first] = animals;
  const [animal, price] = await Promise.all([
    client(FARM).animals.get(first?.id ?? '', { timeoutMs: PROBE_MS }),
    client('governor').prices.get(feed, { timeoutMs: PROBE_MS }),
  ]);
  return animal.data === null && price.data === null;
}
