import { command } from '@triflow/sdk';
import { capture } from '../field/capture.js';
import { barrelsText, moneyText, percentText } from '../figures.js';
import { expectSame, present } from '../scenarioError.js';
import { issueSecondReceipt, paperOf } from './deliverGoods.js';
import { expectedDays } from './expectedDays.js';
import { expectStanding, revalue } from './followPrices.js';
import { withdrawnEvent } from './goodsEvents.js';
import { barrels, eventFrame, nameOf, type Play } from './play.js';
import { itemOf, pledgeReceipt, provePayment } from './pledgeGoods.js';
import { moves } from './terms.js';
import { showOutflow } from './watchTank.js';

const DAY_MS = 24 * 3_600_000;

/** The borrower's acts by the day of the series on which they happen. */
export const moveOn: Readonly<Record<string, (play: Play) => Promise<void>>> = {
  [moves.cashCure.date]: cureByCash,
  [moves.goodsCure.date]: cureByGoods,
  [moves.partRepayment.date]: repayPart,
  [moves.withdrawal.date]: withdrawPart,
};

/** The first margin call is met in cash, to the cent that the ledger asks for. */
async function cureByCash(play: Play): Promise<void> {
  const { stage, names } = play;
  const { facility, cureProof: proof } = names;
  const { minor, date } = moves.cashCure;
  const found = await stage.read('refinery', (client) => client.pledges.get(facility));
  expectSame('the cash that cures', found.data?.marginCall?.cureCashMinor, minor);
  stage.report({ event: 'mark', name: 'middle' });
  await provePayment(play, {
    id: proof,
    payee: 'bank-yangtze',
    payeeBank: 'bank-yangtze',
    minor,
  });
  await stage.act('refinery', command('pledge-facility', 'cure_cash', { id: facility, proof }));
  await expectClosing(play, date);
  const told = `${nameOf(play, 'refinery')} paid ${moneyText(minor)}`;
  stage.tell('money', `${told}: margin call cured, LTV ${ltvAfter(date)}`);
}

/** The second margin call is met with goods: another receipt under the same facility. */
async function cureByGoods(play: Play): Promise<void> {
  const { stage, names } = play;
  const { facility, secondReceipt } = names;
  const { date } = moves.goodsCure;
  await issueSecondReceipt(play);
  await pledgeReceipt(play, secondReceipt, { facility, lender: 'bank-yangtze' });
  const item = itemOf(play, secondReceipt);
  const cure = command('pledge-facility', 'cure_goods', { id: facility, item });
  await stage.agree(['refinery', 'supervisor', 'bank-yangtze'], cure);
  await expectClosing(play, date);
  const told = `${nameOf(play, 'refinery')} pledged ${secondReceipt} under ${facility}`;
  stage.tell('goods', `${told}: margin call cured, LTV ${ltvAfter(date)}`);
}

/** Over the disposal line the time to cure has shortened: a part of the debt is repaid. */
async function repayPart(play: Play): Promise<void> {
  const { stage, names } = play;
  const { facility, repaymentProof: proof } = names;
  const { minor, date } = moves.partRepayment;
  const found = await stage.read('refinery', (client) => client.pledges.get(facility));
  const call = present(`the margin call on ${facility}`, found.data?.marginCall);
  const shortened = call.deadline - call.issuedAt < 2 * DAY_MS;
  expectSame('whether the time to cure has shortened', shortened, true);
  stage.tell('alert', `${facility}: over the disposal line the time to cure is shorter`);
  const bank = 'bank-yangtze';
  await provePayment(play, { id: proof, payee: bank, payeeBank: bank, minor });
  await stage.act('refinery', command('pledge-facility', 'repay', { id: facility, proof }));
  await expectClosing(play, date);
  const told = `${nameOf(play, 'refinery')} repaid ${moneyText(minor)} of ${facility}`;
  stage.tell('money', `${told}, LTV ${ltvAfter(date)}`);
}

/** Too much is refused; what leaves cover goes out against a token, weighed at the gate. */
async function withdrawPart(play: Play): Promise<void> {
  const { stage, names } = play;
  const { receipt, lot } = names;
  const { barrels: value, refusedBarrels, date } = moves.withdrawal;
  const tooMuch = await withdrawal(play, refusedBarrels);
  const refusal = await stage.refused('refinery', tooMuch, 'release_would_breach_ltv');
  const asked = `${barrelsText(refusedBarrels)} of ${receipt} may not leave`;
  stage.tell('alert', `${asked}: ${refusal.code}`, refusal.height);
  const signers = ['refinery', 'bank-yangtze', 'warehouse'];
  await stage.agree(signers, await withdrawal(play, value));
  const event = withdrawnEvent(eventFrame(play), value);
  const { hash: weighing } = await capture(stage, 'warehouse', event, [lot]);
  await showOutflow(play);
  const gateOut = { id: receipt, token: 1, weighed: barrels(value), weighing };
  await stage.act('warehouse', command('warehouse-receipt', 'gate_out', gateOut));
  await revalue(play);
  await expectClosing(play, date);
  const told = `${nameOf(play, 'refinery')} took ${barrelsText(value)} out of ${receipt}`;
  stage.tell('goods', `${told}, LTV ${ltvAfter(date)}`);
}

async function withdrawal(play: Play, value: bigint) {
  const { stage, names } = play;
  const { receipt } = names;
  const { data } = await stage.read('refinery', (client) => client.receipts.get(receipt));
  return command('warehouse-receipt', 'withdraw', {
    id: receipt,
    expectedVersion: present(receipt, data).version,
    quantity: barrels(value),
    vehicle: 'tanker ZS-2020',
    driverRef: paperOf(play, 'papers of the master').hash,
    validTo: stage.nowMs() + DAY_MS,
  });
}

async function expectClosing(play: Play, date: string): Promise<void> {
  const closing = present(`the close of ${date}`, closingOf(date));
  await expectStanding(play, `${date}, after the borrower's act`, closing);
}

function closingOf(date: string) {
  return expectedDays.find((day) => day.date === date)?.closing;
}

function ltvAfter(date: string): string {
  return percentText(closingOf(date)?.ltvBps ?? 0);
}
