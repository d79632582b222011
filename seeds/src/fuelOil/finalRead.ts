import { barrelsText, moneyText, percentText } from '../figures.js';
import { saveProof } from '../saveProof.js';
import { expectSame, present } from '../scenarioError.js';
import { expectedDays } from './expectedDays.js';
import { expectStanding } from './followPrices.js';
import { nameOf, type Play } from './play.js';
import { moves, order } from './terms.js';

/** How it all stands at the end; no ids and no times, so that runs can be compared. */
export interface FinalStanding {
  readonly state: string;
  readonly debt: string;
  readonly value: string;
  readonly ltv: string;
  readonly pledgedBarrels: readonly string[];
  readonly liensPerReceipt: readonly number[];
  readonly liensPerLot: readonly number[];
}

/**
 * The bank's last read: the facility, both receipts and the complete liens on receipts and lots,
 * verified and saved as one evidence file that needs no node.
 */
export async function readAtTheEnd(play: Play, evidenceFile: string): Promise<FinalStanding> {
  const { stage, names } = play;
  const { facility, receipt, secondReceipt } = names;
  const last = present('the last day', expectedDays.at(-1));
  const closing = present('the last standing', last.closing);
  await expectStanding(play, 'at the end', closing);
  const bank = 'bank-yangtze';
  const first = await stage.read(bank, (client) => client.liens.complete(receipt));
  const second = await stage.read(bank, (client) => client.liens.complete(secondReceipt));
  const left = order.barrels - moves.withdrawal.barrels;
  expectSame(`the quantity of ${receipt}`, first.receipt.quantity.value, left);
  expectSame(`the state of ${receipt}`, first.receipt.state, 'PLEDGED');
  expectSame(`the state of ${secondReceipt}`, second.receipt.state, 'PLEDGED');
  for (const { onReceipt, onLot } of [first, second]) {
    expectSame('the liens on a receipt', onReceipt.length, 1);
    expectSame('the liens on its lot', onLot.length, 0);
  }
  await saveProof(stage, bank, [facility, ...first.keys, ...second.keys], evidenceFile);
  stage.tell('data', `${nameOf(play, bank)} has read and proved ${facility} and its liens`);
  return {
    state: closing.state,
    debt: moneyText(closing.debtMinor),
    value: moneyText(closing.valueMinor),
    ltv: percentText(closing.ltvBps),
    pledgedBarrels: [first, second].map((one) => barrelsText(one.receipt.quantity.value)),
    liensPerReceipt: [first.onReceipt.length, second.onReceipt.length],
    liensPerLot: [first.onLot.length, second.onLot.length],
  };
}
