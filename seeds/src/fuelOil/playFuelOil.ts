import { dirname, join } from 'node:path';
import type { Cast } from '../cast.js';
import type { Reporter } from '../reporter.js';
import { present, ScenarioError } from '../scenarioError.js';
import { createStage } from '../stage.js';
import { moveOn } from './borrowerMoves.js';
import { deliverGoods, invoiceGoods, issueReceipt } from './deliverGoods.js';
import { expectedDays } from './expectedDays.js';
import { type FinalStanding, readAtTheEnd } from './finalRead.js';
import { expectStory, openFeed, playDay, quoteDay, type Story } from './followPrices.js';
import { type Names, namesOfRun } from './names.js';
import type { Play } from './play.js';
import { agreeFacility, drawLoan, paySupplier, pledgeReceipt, takeEffect } from './pledgeGoods.js';
import { trySecondPledge } from './secondPledge.js';

const RUNS_MAX = 999;
/** A network that is down is found out soon. */
const PROBE_MS = 10_000;

export interface FuelOilOptions {
  readonly cast: Cast;
  readonly report: Reporter;
  /** Where evidence goes when no file is named. */
  readonly directory: string;
  /** Ids of this run end with it; left out, the next that is free. */
  readonly run?: string;
  readonly evidenceFile?: string;
  /** Rest between the days of the series. */
  readonly paceMs?: number;
}

/** What a run comes to. Two runs differ in `run`, `ids` and the files only. */
export interface FuelOilSummary {
  readonly scenario: 'fuel-oil';
  readonly run: string;
  readonly ids: Names;
  readonly transactions: {
    readonly committed: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly days: number;
  readonly warnings: readonly string[];
  readonly marginCalls: readonly string[];
  readonly disposals: readonly string[];
  readonly readsVerified: number;
  readonly evidenceFile: string;
  readonly secondPledgeEvidenceFile: string;
  readonly parties: number;
  readonly secondPledge: { readonly code: string };
  readonly final: FinalStanding;
}

/**
 * Plays the scenario on a devnet: an order becomes goods, goods a receipt, the receipt a pledge,
 * the pledge a loan, and the loan lives through the spring of 2020. Throws at the first thing that
 * is not as expected.
 */
export async function playFuelOil(options: FuelOilOptions): Promise<FuelOilSummary> {
  const stage = createStage(options.cast, options.report);
  const names = await namesForRun(options.cast, options.run);
  const play: Play = { stage, names };
  const evidenceFile = options.evidenceFile ?? join(options.directory, fileOfRun(names));
  const secondPledgeEvidenceFile = besideOf(evidenceFile, 'second-pledge');
  await prepare(play);
  const lien = await lend(play);
  const attempt = { lien, evidenceFile: secondPledgeEvidenceFile };
  const refusal = await trySecondPledge(play, attempt);
  stage.step('second pledge refused');
  const story = await liveThroughSeries(play, options.paceMs ?? 0);
  const final = await readAtTheEnd(play, evidenceFile);
  stage.step('final read saved');
  const { committed, rejected, readsVerified, parties } = stage.tally;
  return {
    scenario: 'fuel-oil',
    run: names.run,
    ids: names,
    transactions: { committed, rejected },
    days: expectedDays.length,
    ...story,
    readsVerified,
    evidenceFile,
    secondPledgeEvidenceFile,
    parties: parties.size,
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

/** The ids of the run asked for, or of the first that was not played on this network yet. */
async function namesForRun(cast: Cast, run: string | undefined): Promise<Names> {
  if (run !== undefined) {
    const names = namesOfRun(run);
    if (await isFree(cast, names)) return names;
    throw new ScenarioError(
      'SCENARIO_RUN_TAKEN',
      `the run "${run}" was played here: name another one`,
    );
  }
  for (let number = 1; number <= RUNS_MAX; number += 1) {
    const names = namesOfRun(number === 1 ? '' : String(number));
    if (await isFree(cast, names)) return names;
  }
  throw new ScenarioError('SCENARIO_RUN_TAKEN', `${RUNS_MAX} runs were played here: name one`);
}

/** The feed is the first thing that a run makes, the order nearly so. */
async function isFree({ client }: Cast, names: Names): Promise<boolean> {
  const [feed, order] = await Promise.all([
    client('governor').prices.get(names.feed, { timeoutMs: PROBE_MS }),
    client('refinery').orders.get(names.order, { timeoutMs: PROBE_MS }),
  ]);
  return feed.data === null && order.data === null;
}

function fileOfRun({ run }: Names): string {
  return `fuel-oil${run === '' ? '' : `-${run}`}.evidence.json`;
}

function besideOf(path: string, title: string): string {
  const name = path.slice(dirname(path).length).replace(/^[/\\]/, '');
  const [stem = name] = name.split('.');
  return join(dirname(path), `${stem}.${title}${name.slice(stem.length)}`);
}
