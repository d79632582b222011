import type { Cast } from '../cast.js';
import { deliverGoods, invoiceGoods, issueReceipt } from '../fuelOil/deliverGoods.js';
import { openFeed } from '../fuelOil/followPrices.js';
import { type Names, namesOfRun } from '../fuelOil/names.js';
import type { Play } from '../fuelOil/play.js';
import { agreeFacility, pledgeReceipt } from '../fuelOil/pledgeGoods.js';
import { saveProof } from '../saveProof.js';
import {
  chooseRun,
  countsOf,
  evidenceFileOf,
  PROBE_MS,
  type ScenarioOptions,
  type ScenarioSummary,
} from '../scenario.js';
import { openStage, type Refusal } from '../stage.js';
import { tryGoodsAgain } from './tryGoodsAgain.js';
import { sellMotors, tryPapersAgain } from './tryPapersAgain.js';

/** What a run comes to: each fraud with the code that stopped it. */
export interface DoublePledgeSummary extends ScenarioSummary {
  readonly scenario: 'double-pledge';
  readonly ids: Names;
  /** Attempt -> the code of its refusal. */
  readonly refused: Readonly<Record<string, string>>;
}

/** An attempt and how it ended. */
export type Attempt = readonly [name: string, refusal: Refusal];

/**
 * Plays the frauds that must fail: the same goods pledged twice, the same invoice and the same
 * voucher financed twice. It succeeds when every attempt is refused with its own code.
 */
export async function playDoublePledge(options: ScenarioOptions): Promise<DoublePledgeSummary> {
  const stage = await openStage(options.cast, options.report);
  const run = await chooseRun(options.run, (name) => isFree(options.cast, name));
  const names = doubleNames(run);
  const play: Play = { stage, names };
  const evidenceFile = evidenceFileOf('double-pledge', run, options);
  const goods = async (): Promise<void> => {
    await deliverGoods(play);
    await issueReceipt(play);
  };
  const terms = async (): Promise<void> => {
    await openFeed(play);
    await Promise.all([
      agreeFacility(play, { facility: names.facility, lender: 'bank-yangtze' }),
      agreeFacility(play, { facility: names.rivalFacility, lender: 'bank-bohai' }),
    ]);
  };
  const [sale] = await Promise.all([sellMotors(stage, run), goods(), terms()]);
  await invoiceGoods(play);
  const deal = { facility: names.facility, lender: 'bank-yangtze' } as const;
  await pledgeReceipt(play, names.receipt, deal);
  stage.step('receipt pledged');
  const aboutGoods = await tryGoodsAgain(play);
  stage.step('goods tried again');
  stage.report({ event: 'mark', name: 'middle' });
  const aboutPapers = await tryPapersAgain(stage, sale);
  stage.step('papers tried again');
  const attempts = [...aboutGoods, ...aboutPapers];
  const [, first] = attempts[0] ?? [];
  await saveProof(stage, 'refinery', first === undefined ? [] : [first.txId], evidenceFile);
  const refused = Object.fromEntries(attempts.map(([name, { code }]) => [name, code]));
  const counts = countsOf(stage.tally);
  return { scenario: 'double-pledge', run, ids: names, ...counts, evidenceFile, refused };
}

/** Ids of a run, apart from those of fuel-oil, whose goods these are. */
function doubleNames(run: string): Names {
  return { ...namesOfRun(run === '' ? 'twice' : `twice-${run}`), run };
}

async function isFree({ client }: Cast, run: string): Promise<boolean> {
  const { order } = doubleNames(run);
  const found = await client('refinery').orders.get(order, { timeoutMs: PROBE_MS });
  return found.data === null;
}
