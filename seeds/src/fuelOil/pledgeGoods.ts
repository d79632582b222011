import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { moneyText, percentText } from '../figures.js';
import { expectSame, present } from '../scenarioError.js';
import { paperOf } from './deliverGoods.js';
import { nameOf, type Play, type Player, usd } from './play.js';
import { loan } from './terms.js';

const HOUR_MS = 3_600_000;
const REGISTERED_DAYS = 1_000;

/** A facility between the refinery and a bank. */
interface Deal {
  readonly facility: string;
  readonly lender: Player;
}

type ItemTerms = Readonly<Parameters<typeof command<'pledge-facility', 'cure_goods'>>[2]>['item'];

/** The refinery applies, the bank approves; bank, refinery and supervisor sign the agreement. */
export async function agreeFacility(play: Play, { facility, lender }: Deal): Promise<void> {
  const { stage, names } = play;
  const { actor } = stage.cast;
  const apply = command('pledge-facility', 'apply', {
    id: facility,
    lender: actor(lender).id,
    kind: 'static',
    limit: usd(loan.limitMinor),
    initialLtvBps: loan.initialLtvBps,
    warningBps: loan.warningBps,
    marginCallBps: loan.marginCallBps,
    disposalBps: loan.disposalBps,
    cureToBps: loan.cureToBps,
    cureMs: loan.cureHours * HOUR_MS,
    maturity: dayOfTime(stage.nowMs()) + loan.days,
    rateBps: loan.rateBps,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: [],
    items: [itemOf(play, names.receipt)],
    titlePassesOnDefault: false,
    stocktakeRequired: false,
    devicesRequired: false,
  });
  await stage.agree(['refinery', lender], apply);
  const agreement = command('pledge-facility', 'sign_agreement', {
    id: facility,
    expectedVersion: 1,
    supervisor: actor('supervisor').id,
    engagedBy: actor(lender).id,
    agreement: paperOf(play, `pledge agreement ${facility}`),
  });
  await stage.agree([lender, 'refinery', 'supervisor'], agreement);
}

/** Holder, lender and keeper sign the pledge of a receipt; the register's number is recorded. */
export async function pledgeReceipt(
  play: Play,
  receipt: string,
  { facility, lender }: Deal,
): Promise<string> {
  const { stage } = play;
  const pledge = await pledgeCommand(play, receipt, facility);
  await stage.agree(['refinery', lender, 'warehouse'], pledge);
  const read = await stage.read(lender, (client) => client.receipts.get(receipt));
  const pledged = present(receipt, read.data);
  expectSame(`the state of ${receipt}`, pledged.state, 'PLEDGED');
  const lien = present(`the lien on ${receipt}`, pledged.lien);
  await register(play, lien);
  return lien;
}

/** The command that opens the pledge of a receipt as it stands now. */
export async function pledgeCommand(play: Play, receipt: string, facility: string) {
  const { data } = await play.stage.read('refinery', (client) => client.receipts.get(receipt));
  const { version: expectedVersion } = present(receipt, data);
  const terms = { facility, affiliationAccepted: false };
  return command('warehouse-receipt', 'pledge', { id: receipt, expectedVersion, ...terms });
}

/** A receipt as an item of a facility, priced by the run's feed. */
export function itemOf({ names }: Play, asset: string): ItemTerms {
  return {
    asset,
    feed: names.feed,
    haircutBps: loan.haircutBps,
    verifiedWithinMs: 30 * 24 * HOUR_MS,
    insuranceRequired: true,
  };
}

/** The supervisor attests control: the pledge takes effect now. */
export async function takeEffect(play: Play, lien: string): Promise<void> {
  const { stage, names } = play;
  const { facility } = names;
  const before = await stage.read('bank-yangtze', (client) => client.liens.get(lien));
  expectSame(`the state of ${lien}`, before.data?.state, 'EFFECTIVE');
  const evidence = paperOf(play, 'control of tank 305');
  await stage.act(
    'supervisor',
    command('pledge-facility', 'attest_control', { id: facility, evidence }),
  );
  const after = await stage.read('bank-yangtze', (client) => client.pledges.get(facility));
  expectSame(`the state of ${facility}`, after.data?.state, 'ESTABLISHED');
  const told = `${nameOf(play, 'supervisor')} attests control of ${names.receipt}`;
  stage.tell('goods', `${told}: ${facility} takes effect`);
}

/** The refinery draws 60 % of the goods' value, the bank agrees. */
export async function drawLoan(play: Play): Promise<void> {
  const { stage, names } = play;
  const { facility } = names;
  const found = await stage.read('refinery', (client) => client.pledges.get(facility));
  const { version: expectedVersion } = present(facility, found.data);
  const amount = usd(loan.drawnMinor);
  const draw = command('pledge-facility', 'draw', { id: facility, expectedVersion, amount });
  await stage.agree(['refinery', 'bank-yangtze'], draw);
  const lent = `${nameOf(play, 'bank-yangtze')} lent ${moneyText(loan.drawnMinor)}`;
  const ltv = percentText(loan.initialLtvBps);
  stage.tell('money', `${lent}, ${facility} over ${names.receipt}, LTV ${ltv}`);
}

/** A proof by the bank that money moved from the refinery. */
export async function provePayment(
  play: Play,
  payment: {
    readonly id: string;
    readonly payee: Player;
    readonly payeeBank: Player;
    readonly minor: bigint;
  },
): Promise<void> {
  const { stage, names } = play;
  const { actor } = stage.cast;
  const { id, payee, payeeBank, minor } = payment;
  await stage.act(
    'bank-yangtze',
    command('payment', 'submit_proof', {
      id,
      payerBank: actor('bank-yangtze').id,
      payeeBank: actor(payeeBank).id,
      payer: actor('refinery').id,
      payee: actor(payee).id,
      bankReference: `YZ-${id.slice(0, 7).replace('_', '-')}-${names.code}`,
      amount: usd(minor),
      valueDay: dayOfTime(stage.nowMs()),
      payerAccountHash: paperOf(play, 'account of the refinery').hash,
      payeeAccountHash: paperOf(play, `account of ${payee}`).hash,
      messageHash: paperOf(play, `payment message ${id}`).hash,
    }),
  );
}

/** The loan goes to the supplier, toward the confirmed invoice. */
export async function paySupplier(play: Play): Promise<void> {
  const { stage, names } = play;
  const { purchaseProof: id, invoice } = names;
  const minor = loan.drawnMinor;
  await provePayment(play, { id, payee: 'supplier', payeeBank: 'bank-bohai', minor });
  const found = await stage.read('refinery', (client) => client.invoices.get(invoice));
  const obligation = present(`the obligation of ${invoice}`, found.data?.obligation);
  const allocations = [{ obligation, minor }];
  await stage.act(
    'refinery',
    command('payment', 'allocate', { id, expectedVersion: 1, allocations }),
  );
  const owed = await stage.read('refinery', (client) => client.obligations.get(obligation));
  expectSame('what the supplier got', owed.data?.paidMinor, minor);
  const paid = `${nameOf(play, 'refinery')} paid ${moneyText(minor)}`;
  stage.tell('money', `${paid} to ${nameOf(play, 'supplier')} for ${invoice}`);
}

async function register(play: Play, lien: string): Promise<void> {
  const { stage, names } = play;
  const registeredAt = stage.nowMs();
  await stage.act(
    'registry',
    command('lien', 'record_publicity', {
      id: lien,
      publicity: {
        kind: 'registration',
        registrationNo: `ZD-2020-${names.code}`,
        registeredAt,
        registryValidTo: dayOfTime(registeredAt) + REGISTERED_DAYS,
      },
    }),
  );
  stage.tell(
    'data',
    `${nameOf(play, 'registry')} recorded ${lien.slice(0, 11)}… as ZD-2020-${names.code}`,
  );
}
