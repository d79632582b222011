import { command } from '@triflow/sdk';
import { moneyText } from '../figures.js';
import { expectSame } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';
import { agreeTrade, claimOf } from '../trade/sellGoods.js';
import type { TierNames } from './names.js';
import { type Step, steps } from './terms.js';

/** Down four tiers: each splits, keeps a part and pays its supplier with the rest. */
export async function passDown(stage: Stage, names: TierNames): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const at = idsAt(names, index);
    await agreeTrade(stage, {
      order: at.trade,
      buyer: step.from,
      seller: step.to,
      sku: step.sku,
      goods: step.goods,
      pieces: step.pieces,
      priceMinor: step.paidMinor / step.pieces,
      taxBps: 0,
      paymentDays: 60,
    });
    await splitClaim(stage, step, at);
    await handOn(stage, step, at);
  }
}

interface StepIds {
  readonly source: string;
  readonly kept: string;
  readonly paid: string;
  readonly received: string;
  readonly trade: string;
}

function idsAt({ root, kept, paid, received, trades }: TierNames, index: number): StepIds {
  const at = (ids: readonly string[]): string => ids[index] ?? '';
  const source = index === 0 ? root : (received[index - 1] ?? '');
  return { source, kept: at(kept), paid: at(paid), received: at(received), trade: at(trades) };
}

/** More than the face is refused; what adds up to it becomes two claims. */
async function splitClaim(stage: Stage, step: Step, ids: StepIds): Promise<void> {
  const { from, keptMinor, paidMinor } = step;
  const { version: expectedVersion } = await claimOf(stage, from, ids.source);
  const into = (minor: bigint) => {
    const parts = [
      { id: ids.kept, minor: keptMinor },
      { id: ids.paid, minor },
    ];
    return command('receivable', 'split', { id: ids.source, expectedVersion, parts });
  };
  if (from === 'tier-1') {
    await stage.refused(from, into(paidMinor + 1n), 'split_does_not_conserve_value');
  }
  await stage.act(from, into(paidMinor));
  const parts = `${moneyText(keptMinor, 'CNY')} and ${moneyText(paidMinor, 'CNY')}`;
  stage.tell('money', `${nameIn(stage, from)} split ${ids.source} into ${parts}`);
}

/** A claim is handed on for a trade between the two, and never back to its debtor. */
async function handOn(stage: Stage, { from, to, paidMinor }: Step, ids: StepIds): Promise<void> {
  const transfer = (receiver: string, tradeRef: string) => {
    return command('receivable', 'transfer', {
      id: ids.paid,
      expectedVersion: 1,
      child: ids.received,
      receiver: stage.cast.actor(receiver).id,
      tradeRef,
    });
  };
  if (to === 'tier-4') {
    const back = transfer('core-enterprise', ids.trade);
    const refusal = await stage.refused(from, back, 'circular_transfer');
    const told = `${ids.paid} may not go back to ${nameIn(stage, 'core-enterprise')}`;
    stage.tell('alert', `${told}: ${refusal.code}`, refusal.height);
    const elsewhere = transfer('tier-1', ids.trade);
    const second = await stage.refused(from, elsewhere, 'trade_background_missing');
    const missing = `no trade behind ${ids.paid} to ${nameIn(stage, 'tier-1')}`;
    stage.tell('alert', `${missing}: ${second.code}`, second.height);
  }
  await stage.agree([from, to], transfer(to, ids.trade));
  const received = await claimOf(stage, to, ids.received);
  expectSame(`the tier of ${ids.received}`, received.tier, Number(to.slice(-1)));
  expectSame(`the face of ${ids.received}`, received.face.minor, paidMinor);
  const paid = `${nameIn(stage, from)} paid ${nameIn(stage, to)} with ${ids.received}`;
  stage.tell(
    'money',
    `${paid}, ${moneyText(paidMinor, 'CNY')} (${ids.trade}), tier ${received.tier}`,
  );
}
