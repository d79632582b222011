import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { moneyText } from '../figures.js';
import { expectSame, present, ScenarioError } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';
import { provePayment } from '../trade/financeClaim.js';
import { claimOf } from '../trade/sellGoods.js';
import type { TierNames } from './names.js';
import { leavesOf } from './showTree.js';
import { DAYS } from './terms.js';

const PAUSE_MS = 200;
const TRIES_MAX = 900;

/** Asks for the days to pass and waits until the ledger's own time is there. */
export async function untilMaturity(stage: Stage, maturity: number): Promise<void> {
  stage.report({ event: 'mark', name: 'days', days: DAYS });
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const timeMs = await stage.setClock().catch(() => 0);
    if (dayOfTime(timeMs) >= maturity) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new ScenarioError('SCENARIO_DIFFERS', `the ledger's clock did not come to day ${maturity}`);
}

/** On its day each claim falls due, is paid with a bank's proof and redeemed. */
export async function redeemAll(stage: Stage, names: TierNames): Promise<void> {
  for (const [index, leaf] of leavesOf(names).entries()) {
    const proof = present('a proof', names.redemptions[index]);
    await redeemOne(stage, leaf, { proof, reference: `RED-${names.code}-${index + 1}` });
  }
  for (const { id } of leavesOf(names)) {
    const claim = await claimOf(stage, 'regulator', id);
    expectSame(`the state of ${id}`, claim.state, 'REDEEMED');
  }
}

async function redeemOne(
  stage: Stage,
  { id, holder, minor }: { readonly id: string; readonly holder: string; readonly minor: bigint },
  { proof, reference }: { readonly proof: string; readonly reference: string },
): Promise<void> {
  const debtor = 'core-enterprise';
  await stage.act(holder, command('receivable', 'mature', { id }));
  const { obligation } = await claimOf(stage, debtor, id);
  const redeem = command('receivable', 'redeem', { id });
  if (holder === 'bank-bohai') {
    const refusal = await stage.refused(debtor, redeem, 'payment_not_complete');
    stage.tell('alert', `${id} is due and not paid yet: ${refusal.code}`, refusal.height);
  }
  await provePayment(stage, {
    id: proof,
    payer: debtor,
    payee: holder,
    payerBank: 'bank-yangtze',
    payeeBank: 'bank-bohai',
    minor,
    reference,
  });
  const allocations = [{ obligation: present(`the obligation of ${id}`, obligation), minor }];
  const allocate = { id: proof, expectedVersion: 1, allocations };
  await stage.act(debtor, command('payment', 'allocate', allocate));
  await stage.act(holder, redeem);
  const paid = `${nameIn(stage, debtor)} paid ${moneyText(minor, 'CNY')}`;
  stage.tell('money', `${paid} to ${nameIn(stage, holder)}, ${proof}: ${id} is redeemed`);
}
