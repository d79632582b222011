import { command } from '@triflow/sdk';
import { moneyText } from '../figures.js';
import { expectSame } from '../scenarioError.js';
import { provePayment } from '../trade/financeClaim.js';
import { cny } from '../trade/sellGoods.js';
import { expectDebt, expectValue } from './lendOnHerd.js';
import {
  animalOf,
  BANK,
  FARM,
  facilityOf,
  type LivestockPlay,
  nameOf,
  paperOf,
  recordOf,
  subjectOf,
  tellRefusal,
} from './livestockPlay.js';
import { registration } from './raiseHerd.js';
import { HEADS, INSURANCE_MINOR, loan, sale } from './terms.js';

const BUYER = 'packer';
const INSURER = 'insurer';
const OTHER_BANK = 'bank-bohai';

/**
 * The sick animal dies. Tag, photo and inspection prove it, its insurer signs; its policy pays, and
 * the money goes to the bank (390). Neither its tag nor its muzzle comes back under another name.
 */
export async function dieInsured(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const animal = animalOf(play, 3);
  const { id, tag } = animal;
  const report = { ...(await subjectOf(play, id)), tag, photo: paperOf(play, `${id} dead`) };
  const bare = command('livestock', 'report_death', report);
  const refusal = await stage.refused(FARM, bare, 'death_evidence_missing');
  tellRefusal(play, `the death of ${id} is not proved without an inspection`, refusal);
  const inspection = paperOf(play, `inspection of ${id}`);
  const proved = command('livestock', 'report_death', { ...report, inspection });
  await stage.agree([FARM, INSURER], proved);
  expectSame(`the state of ${id}`, (await recordOf(play, id)).state, 'DEAD');
  stage.tell('goods', `${id} died; ${nameOf(play, INSURER)} signed with tag, photo, inspection`);
  await expectValue(play, HEADS - 1, 'MARGIN_CALL');
  await passOnMoney(play, {
    from: INSURER,
    minor: INSURANCE_MINOR,
    received: names.insurancePayment,
    repaid: names.insuranceRepayment,
  });
  await expectDebt(play, loan.drawnMinor - INSURANCE_MINOR);
  await expectValue(play, HEADS - 1, 'NORMAL');
  await swapFails(play, animal);
}

/** An animal of an opened tag is not sold, whatever the price: a critical alert is open on it. */
export async function trySaleOf(play: LivestockPlay, id: string): Promise<void> {
  const selling = await saleCommand(play, id, sale.fairMinor);
  const refusal = await play.stage.refused(FARM, selling, 'critical_alert_open');
  tellRefusal(play, `${id} is not sold while nobody knows what it is`, refusal);
}

/**
 * A buyer in the ordinary course takes an animal free of the mortgage (404): at a reasonable price,
 * one a day as agreed; the price goes to the bank.
 */
export async function sellInCourse(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const [second, fourth] = [animalOf(play, 2), animalOf(play, 4)];
  const low = await saleCommand(play, second.id, sale.lowMinor);
  const cheap = await stage.refused(FARM, low, 'exit_not_released');
  const price = moneyText(sale.lowMinor, 'CNY');
  tellRefusal(play, `${second.id} is not sold for ${price}, under 70 % of its worth`, cheap);
  const fairSales = [
    await saleCommand(play, second.id, sale.fairMinor),
    await saleCommand(play, fourth.id, sale.fairMinor),
  ];
  const tooMany = await stage.refused(FARM, fairSales, 'exit_not_released');
  tellRefusal(play, `${second.id} and ${fourth.id} are one too many for a day`, tooMany);
  await stage.act(FARM, fairSales.slice(0, 1));
  const { data } = await stage.read(BANK, (client) => client.liens.get(second.lien));
  expectSame(`the state of ${second.lien}`, data?.state, 'RELEASED');
  const fair = moneyText(sale.fairMinor, 'CNY');
  stage.tell(
    'goods',
    `${nameOf(play, BUYER)} bought ${second.id} for ${fair}, free of the mortgage`,
  );
  await passOnMoney(play, {
    from: BUYER,
    minor: sale.fairMinor,
    received: names.buyerPayment,
    repaid: names.saleRepayment,
  });
  await expectValue(play, HEADS - 2, 'NORMAL');
}

/** Money comes into the farm's account, and goes on to the bank in discharge of the debt. */
async function passOnMoney(
  play: LivestockPlay,
  way: {
    readonly from: string;
    readonly minor: bigint;
    readonly received: string;
    readonly repaid: string;
  },
): Promise<void> {
  const { stage, names } = play;
  const { from, minor, received, repaid } = way;
  await provePayment(stage, {
    id: received,
    payer: from,
    payee: FARM,
    payerBank: OTHER_BANK,
    payeeBank: BANK,
    minor,
    reference: `IN-${received.slice(3)}-${names.code}`,
  });
  await provePayment(stage, {
    id: repaid,
    payer: FARM,
    payee: BANK,
    payerBank: BANK,
    payeeBank: BANK,
    minor,
    reference: `OUT-${repaid.slice(3)}-${names.code}`,
  });
  const { id } = await facilityOf(play);
  await stage.act(FARM, command('pledge-facility', 'repay', { id, proof: repaid }));
  const paid = `${nameOf(play, from)} paid ${moneyText(minor, 'CNY')}`;
  stage.tell('money', `${paid}: ${nameOf(play, BANK)} has it, ${id} owes so much less`);
}

/** The fraud of the trade: another animal under the dead one's tag, or it again under another. */
async function swapFails(play: LivestockPlay, dead: ReturnType<typeof animalOf>): Promise<void> {
  const { stage, names } = play;
  const { late } = names;
  const again = registration(play, { ...late, biometricHash: dead.biometricHash });
  const twice = await stage.refused(FARM, again, 'animal_already_registered');
  tellRefusal(play, `${dead.id} does not come back under another name`, twice);
  await stage.act(FARM, registration(play, late));
  const vet = stage.cast.actor('vet').id;
  const bind = { ...(await subjectOf(play, late.id)), tag: dead.tag, vet };
  const worn = command('livestock', 'bind_tag', bind);
  const refusal = await stage.refused(FARM, worn, 'tag_is_retired');
  tellRefusal(play, `${late.id} does not wear the dead one's tag ${dead.tag}`, refusal);
}

async function saleCommand(play: LivestockPlay, id: string, minor: bigint) {
  return command('livestock', 'sell', {
    ...(await subjectOf(play, id)),
    buyer: play.stage.cast.actor(BUYER).id,
    price: cny(minor),
    evidence: paperOf(play, `sale of ${id}`),
  });
}
