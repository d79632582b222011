import type { Cast } from '../cast.js';
import {
  besideOf,
  chooseRun,
  countsOf,
  evidenceFileOf,
  PROBE_MS,
  type ScenarioOptions,
  type ScenarioSummary,
} from '../scenario.js';
import { present } from '../scenarioError.js';
import { openStage } from '../stage.js';
import { moveOn } from './borrowerMoves.js';
import { deliverGoods, invoiceGoods, issueReceipt } from './deliverGoods.js';
import { expectedDays } from './expectedDays.js';
import { type FinalStanding, readAtTheEnd } from './finalRead.js';
import { expectStory, openFeed, playDay, quoteDay, type Story } from './followPrices.js';
import { type Names, namesOfRun } from './names.js';
import type { Play } from './play.js';
import { agreeFacility, drawLoan, paySupplier, pledgeReceipt, takeEffect } from './pledgeGoods.js';
import { trySecondPledge } from './secondPledge.js';
import { watchTank } from './watchTank.js';

/** What a run comes to. Two runs differ in `run`, `ids` and the files only. */
export interface FuelOilSummary extends ScenarioSummary {
  readonly scenario: 'fuel-oil';
  readonly ids: Names;
  readonly days: number;
  readonly warnings: readonly string[];
  readonly marginCalls: readonly string[];
  readonly disposals: readonly string[];
  readonly secondPledgeEvidenceFile: string;
  readonly secondPledge: { readonly code: string };
  readonly final: FinalStanding;
}

/**
 * Plays the scenario on a devnet: an order becomes goods, goods a receipt, the receipt a pledge,
 * the pledge a loan, and the loan lives through the spring of 2020. Throws at the first thing that
 * is not as expected.
 */
export async function playFuelOil(options: ScenarioOptions): Promise<FuelOilSummary> {
  const stage = await openStage(options.cast, options.report);
  const run = await chooseRun(options.run, (name) => isFree(options.cast, name));
  const names = namesOfRun(run);
  const play: Play = { stage, names };
  const evidenceFile = evidenceFileOf('fuel-oil', run, options);
  const secondPledgeEvidenceFile = besideOf(evidenceFile, 'second-pledge');
  await prepare(play);
  const lien = await lend(play);
  const attempt = { lien, evidenceFile: secondPledgeEvidenceFile };
  const refusal = await trySecondPledge(play, attempt);
  stage.step('second pledge refused');
  const story = await liveThroughSeries(play, options.paceMs ?? 0);
  const final = await readAtTheEnd(play, evidenceFile);
  stage.step('final read saved');
  return {
    scenario: 'fuel-oil',
    run: names.run,
    ids: names,
    ...countsOf(stage.tally),
    days: expectedDays.length,
    ...story,
    evidenceFile,
    secondPledgeEvidenceFile,
    secondPledge: { code: refusal.code },
    final,
  };
}

/** Goods and papers on one side, feed and agreements on the other: neither waits for the other. */
async function prepare(play: Play): Promise<void> {
  const { stage, names } = play;
  const [firstDay] = expectedDays;
  const terms = async (): Promise<void> => {
    await openFeed(play);
    await Promise.all([
      quoteDay(play, present('the first day', firstDay), 1),
      agreeFacility(play, { facility: names.facility, lender: 'bank-yangtze' }),
      agreeFacility(play, { facility: names.rivalFacility, lender: 'bank-bohai' }),
    ]);
  };
  const goods = async (): Promise<void> => {
    await deliverGoods(play);
    stage.step('goods delivered');
    await invoiceGoods(play);
    await issueReceipt(play);
    stage.step('receipt issued');
  };
  await Promise.all([goods(), terms()]);
  stage.step('facilities agreed');
}

async function lend(play: Play): Promise<string> {
  const { stage, names } = play;
  const deal = { facility: names.facility, lender: 'bank-yangtze' } as const;
  const lien = await pledgeReceipt(play, names.receipt, deal);
  stage.step('receipt pledged');
  await watchTank(play);
  stage.step('tank watched');
  await takeEffect(play, lien);
  await drawLoan(play);
  await paySupplier(play);
  stage.step('loan drawn');
  return lien;
}

async function liveThroughSeries(play: Play, paceMs: number): Promise<Story> {
  const story: Story = { warnings: [], marginCalls: [], disposals: [] };
  let before = present('the first day', expectedDays[0]);
  for (const [index, day] of expectedDays.entries()) {
    if (index === 0) continue;
    await playDay(play, { before, day }, index + 1, story);
    await moveOn[day.date]?.(play);
    play.stage.step(day.date);
    before = day;
    if (paceMs > 0) await new Promise((resolve) => setTimeout(resolve, paceMs));
  }
  expectStory(story);
  return story;
}

/** The feed is the first thing that a run makes, the order nearly so. */
async function isFree({ client }: Cast, run: string): Promise<boolean> {
  const names = namesOfRun(run);
  const [feed, order] = await Promise.all([
    client('governor').prices.get(names.feed, { timeoutMs: PROBE_MS }),
    client('refinery').orders.get(names.order, { timeoutMs: PROBE_MS }),
  ]);
  return feed.data === null && order.data === null;
}
