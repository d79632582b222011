import { command } from '@triflow/sdk';
import { saveProof } from '../saveProof.js';
import { expectSame } from '../scenarioError.js';
import type { Refusal } from '../stage.js';
import { nameOf, type Play } from './play.js';
import { pledgeCommand } from './pledgeGoods.js';

const SHOWN_MS = 7 * 86_400_000;

/**
 * The second bank has its own agreement with the refinery, which offers it the same receipt. The
 * ledger refuses and names the reason; the bank sees the one lien that there is, proved complete,
 * and none on the lot, proved by absence.
 */
export async function trySecondPledge(
  play: Play,
  first: { readonly lien: string; readonly evidenceFile: string },
): Promise<Refusal> {
  const { stage, names } = play;
  const { receipt, rivalFacility } = names;
  const pledge = await pledgeCommand(play, receipt, rivalFacility);
  const refusal = await stage.refused('refinery', pledge, 'asset_already_encumbered');
  const bank = nameOf(play, 'bank-bohai');
  await showReceipt(play, receipt);
  stage.tell('alert', `${bank} cannot take ${receipt} too: ${refusal.code}`, refusal.height);
  const found = await stage.read('bank-bohai', (client) => client.liens.complete(receipt));
  const holders = found.onReceipt.map((lien) => `${lien.class} ${lien.lien}`);
  expectSame(`the liens on ${receipt}`, holders, [`PLEDGE_RECEIPT ${first.lien}`]);
  expectSame(`the liens on the lot of ${receipt}`, found.onLot.length, 0);
  const about = [refusal.txId, ...found.keys];
  await saveProof(stage, 'bank-bohai', about, first.evidenceFile);
  stage.tell('data', `proof for ${bank}: one lien on ${receipt}, none on its lot`);
  return refusal;
}

/** What is not its own, a bank sees only once its holder shows it (domain section 6). */
async function showReceipt({ stage }: Play, object: string): Promise<void> {
  const reader = stage.cast.actor('bank-bohai').id;
  const until = stage.nowMs() + SHOWN_MS;
  await stage.act('refinery', command('party-registry', 'grant_view', { object, reader, until }));
}
