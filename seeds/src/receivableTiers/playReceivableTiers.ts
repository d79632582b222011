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
import { nameIn, openStage, type Stage } from '../stage.js';
import { financeClaim } from '../trade/financeClaim.js';
import {
  agreeTrade,
  amountsOf,
  claimOf,
  deliverTrade,
  grantLine,
  invoiceTrade,
  issueVoucher,
  type Sale,
} from '../trade/sellGoods.js';
import { type TierNames, tierNames } from './names.js';
import { passDown } from './passOn.js';
import { redeemAll, untilMaturity } from './redeemAll.js';
import { type Leaf, leavesOf, showTree } from './showTree.js';
import { ADVANCE_MINOR, CREDIT_LINE_MINOR, DAYS, sale } from './terms.js';

/** What a run comes to. */
export interface ReceivableTiersSummary extends ScenarioSummary {
  readonly scenario: 'receivable-tiers';
  readonly ids: TierNames;
  readonly face: string;
  /** Who held which part of the voucher before it fell due. */
  readonly leaves: readonly Leaf[];
  /** Whether the days passed and all was paid. */
  readonly redeemed: boolean;
}

/**
 * Plays the scenario: a core enterprise's confirmed debt pays four tiers of suppliers, the last of
 * whom has it financed; on its day it is paid. Throws at the first thing that is not as expected.
 */
export async function playReceivableTiers(
  options: ScenarioOptions,
): Promise<ReceivableTiersSummary> {
  const stage = await openStage(options.cast, options.report);
  const run = await chooseRun(options.run, (name) => isFree(options.cast, name));
  const names = tierNames(run);
  const evidenceFile = evidenceFileOf('receivable-tiers', run, options);
  await makeVoucher(stage, names);
  stage.step('voucher confirmed');
  await passDown(stage, names);
  stage.step('four tiers paid');
  await financeLast(stage, names);
  stage.step('last tier financed');
  const leaves = await showTree(stage, names);
  stage.report({ event: 'mark', name: 'middle' });
  const redeemed = await endWell(stage, names, options.clockFollows === true);
  await saveProof(
    stage,
    'regulator',
    leavesOf(names).map(({ id }) => id),
    evidenceFile,
  );
  return {
    scenario: 'receivable-tiers',
    run,
    ids: names,
    ...countsOf(stage.tally),
    evidenceFile,
    face: moneyText(amountsOf({ ...sale, order: names.order }).gross, 'CNY'),
    leaves,
    redeemed,
  };
}

async function makeVoucher(stage: Stage, names: TierNames): Promise<void> {
  const sold: Sale = { ...sale, ...names, number: `INV-${names.code}` };
  const minor = CREDIT_LINE_MINOR;
  await Promise.all([
    agreeTrade(stage, sold),
    grantLine(stage, { lender: 'bank-yangtze', debtor: 'core-enterprise', minor }),
  ]);
  await deliverTrade(stage, sold);
  await invoiceTrade(stage, sold);
  await issueVoucher(stage, sold, { id: names.root, days: DAYS });
}

/** The smallest supplier sells its part to a bank, and the debtor acknowledges whom to pay. */
async function financeLast(stage: Stage, names: TierNames): Promise<void> {
  const claim = present('the last claim', names.received.at(-1));
  await financeClaim(stage, {
    claim,
    lender: 'bank-bohai',
    holder: 'tier-4',
    advanceMinor: ADVANCE_MINOR,
    registrationNo: `ZD-${names.code}`,
    proof: names.disbursement,
  });
  await stage.act('bank-bohai', command('receivable', 'notify_debtor', { id: claim }));
  const known = command('receivable', 'acknowledge_notice', { id: claim });
  await stage.act('core-enterprise', known);
  const told = `${nameIn(stage, 'core-enterprise')} will pay ${nameIn(stage, 'bank-bohai')}`;
  stage.tell('data', `${told} for ${claim}: notice acknowledged`);
}

/** Before its day nothing falls due; then, where the clock moves, all is paid. */
async function endWell(stage: Stage, names: TierNames, clockFollows: boolean): Promise<boolean> {
  const [first] = leavesOf(names);
  const { id } = present('a leaf', first);
  const mature = command('receivable', 'mature', { id });
  const refusal = await stage.refused('core-enterprise', mature, 'deadline_not_reached');
  stage.tell('alert', `${id} is not due yet: ${refusal.code}`, refusal.height);
  if (!clockFollows) return false;
  const { maturity } = await claimOf(stage, 'regulator', id);
  await untilMaturity(stage, maturity);
  stage.step('the day of maturity');
  await redeemAll(stage, names);
  const owed = await claimOf(stage, 'regulator', names.root);
  expectSame(`the state of ${names.root}`, owed.state, 'SPLIT');
  stage.step('redeemed');
  return true;
}

/** Its order is the first thing that a run makes. */
async function isFree({ client }: Cast, run: string): Promise<boolean> {
  const { order } = tierNames(run);
  const found = await client('core-enterprise').orders.get(order, { timeoutMs: PROBE_MS });
  return found.data === null;
}
