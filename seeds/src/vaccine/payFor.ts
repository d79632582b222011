import { type Committed, command } from '@triflow/sdk';
import { askNode, listOf } from '../ask.js';
import { moneyText } from '../figures.js';
import { expectSame, present } from '../scenarioError.js';
import { provePayment } from '../trade/financeClaim.js';
import { PACK_MINOR } from './terms.js';
import { nameOf, tellRefusal, type VaccinePlay } from './vaccinePlay.js';

const PAYER = 'fiscal';
const PAYEE = 'mah';

/** A debt for goods, and what it comes to. */
export interface Debt {
  readonly obligation: string;
  readonly minor: bigint;
}

/** The debt that a dispatch under the supply has opened: conditional, and not payable yet. */
export async function debtOf(
  { stage }: VaccinePlay,
  shipped: Committed,
  packs: number,
): Promise<Debt> {
  const opened = shipped.events.find(({ type }) => type === 'obligation.opened');
  const { subject: obligation } = present('the debt of the dispatch', opened);
  const { data } = await stage.read(PAYER, (client) => client.obligations.get(obligation));
  const minor = PACK_MINOR * BigInt(packs);
  expectSame(`what ${obligation} comes to`, data?.amount.minor, minor);
  return { obligation, minor };
}

/** The payer's bank proves that money moved; before the evidence is whole it pays no debt. */
export async function payTooEarly(play: VaccinePlay, debt: Debt): Promise<void> {
  const { stage, names } = play;
  const { minor } = debt;
  await provePayment(stage, {
    id: names.payment,
    payer: PAYER,
    payee: PAYEE,
    payerBank: 'bank-yangtze',
    payeeBank: 'bank-bohai',
    minor,
    reference: `VAC-${names.code}`,
  });
  const proved = `${nameOf(play, 'bank-yangtze')} proves ${names.payment}`;
  stage.tell('money', `${proved}: ${moneyText(minor, 'CNY')} to ${nameOf(play, PAYEE)}`);
  const code = 'payment_condition_not_met';
  const refusal = await stage.refused(PAYER, await allocation(play, debt), code);
  tellRefusal(play, 'the goods have not come: the payment settles nothing', refusal);
}

/** Released lot, whole record, accepted quantity: now the payment settles the debt: PAID. */
export async function settle(play: VaccinePlay, debt: Debt): Promise<void> {
  const { stage } = play;
  await stage.act(PAYER, await allocation(play, debt));
  await expectDebt(play, debt, 'PAID', debt.minor);
  const told = `${debt.obligation.slice(0, 11)}… is PAID by the bank's proof`;
  stage.tell('money', `${told}: ${moneyText(debt.minor, 'CNY')}, every condition met`);
}

/** Nothing is owed for goods that were refused. */
export async function expectCancelled(play: VaccinePlay, debt: Debt): Promise<void> {
  await expectDebt(play, debt, 'CANCELLED', 0n);
  const told = `nothing is owed for what was refused: ${debt.obligation.slice(0, 11)}… cancelled`;
  play.stage.tell('money', told);
}

/** Goods accepted, documents and money of the lot are equal (三流合一). */
export async function expectThreeFlows(play: VaccinePlay, paidMinor: bigint): Promise<void> {
  const { stage, names } = play;
  const data = await askNode(stage, 'regulator', 'trace.threeFlow', { lot: names.lot });
  const [flow] = listOf('the flows', data.flows);
  for (const member of ['acceptedMinor', 'invoicedMinor', 'paidMinor']) {
    expectSame(`${member} of ${names.lot}`, flow?.[member], paidMinor);
  }
  expectSame(`whether the three flows of ${names.lot} are equal`, data.equal, true);
  const sum = moneyText(paidMinor, 'CNY');
  stage.tell(
    'data',
    `goods, documents and money of ${names.lot} are equal: ${sum} each (三流合一)`,
  );
}

async function expectDebt(
  { stage }: VaccinePlay,
  { obligation }: Debt,
  state: string,
  paidMinor: bigint,
): Promise<void> {
  const { data } = await stage.read(PAYER, (client) => client.obligations.get(obligation));
  expectSame(`the state of ${obligation}`, data?.state, state);
  expectSame(`what was paid of ${obligation}`, data?.paidMinor, paidMinor);
}

async function allocation({ stage, names }: VaccinePlay, { obligation, minor }: Debt) {
  const { payment: id } = names;
  const { data } = await stage.read(PAYER, (client) => client.proofs.get(id));
  const { version: expectedVersion } = present(id, data);
  return command('payment', 'allocate', {
    id,
    expectedVersion,
    allocations: [{ obligation, minor }],
  });
}
