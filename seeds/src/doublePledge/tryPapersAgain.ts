import { command } from '@triflow/sdk';
import { expectSame, present } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';
import {
  completion,
  financeClaim,
  financeOffer,
  proofOf,
  registerFinancing,
} from '../trade/financeClaim.js';
import {
  agreeTrade,
  amountsOf,
  deliverTrade,
  grantLine,
  invoiceTrade,
  issueVoucher,
  registration,
  type Sale,
  voucherCommand,
} from '../trade/sellGoods.js';
import type { Attempt } from './playDoublePledge.js';

const DAYS = 50;
const ADVANCE_MINOR = 50_000_000n;
const WITH_FULL_WIDTH = '０４４００１９００１１１';

interface MotorSale extends Sale {
  /** The same invoice under another number. */
  readonly twin: string;
  readonly voucher: string;
  readonly halves: readonly [string, string];
  readonly proofs: readonly [string, string];
  readonly code: string;
}

/** Motors sold to the core enterprise, delivered, invoiced and made a voucher. */
export async function sellMotors(stage: Stage, run: string): Promise<MotorSale> {
  const sale = motorSale(run);
  const minor = 4n * amountsOf(sale).gross;
  await grantLine(stage, { lender: 'bank-yangtze', debtor: sale.buyer, minor });
  await agreeTrade(stage, sale);
  await deliverTrade(stage, sale);
  await invoiceTrade(stage, sale);
  await issueVoucher(stage, sale, { id: sale.voucher, days: DAYS });
  return sale;
}

/** The same invoice and the same voucher a second time, and one payment for two. */
export async function tryPapersAgain(stage: Stage, sale: MotorSale): Promise<Attempt[]> {
  return [...(await tryInvoiceAgain(stage, sale)), ...(await tryVoucherAgain(stage, sale))];
}

/** Registered again in another spelling; made a second voucher; slightly altered, it is flagged. */
async function tryInvoiceAgain(stage: Stage, sale: MotorSale): Promise<Attempt[]> {
  const { seller, invoice, twin, voucher } = sale;
  const spelt = registration(stage, { ...sale, invoice: twin }, WITH_FULL_WIDTH);
  const same = await stage.refused(seller, spelt, 'invoice_already_registered');
  const told = `${invoice} is registered already, in any spelling`;
  stage.tell('alert', `${told}: ${same.code}`, same.height);
  await stage.act(
    seller,
    registration(stage, { ...sale, invoice: twin, number: `${sale.number}-A` }),
  );
  const found = await stage.read(sale.buyer, (client) => client.invoices.get(twin));
  const { flags } = present(twin, found.data);
  expectSame(`the flags of ${twin}`, flags, ['DUPLICATE_FINGERPRINT']);
  stage.tell('alert', `${twin} has all of ${invoice} but the number: DUPLICATE_FINGERPRINT`);
  const second = voucherCommand(stage, sale, { id: `${voucher}-again`, days: DAYS });
  const twice = await stage.refused(seller, second, 'exceeds_invoice_balance');
  stage.tell('alert', `${invoice} is in ${voucher} already: ${twice.code}`, twice.height);
  return [
    ['the same invoice registered again', same],
    ['a second voucher of the same invoice', twice],
  ];
}

/** One voucher has one financing, one payment proves one disbursement. */
async function tryVoucherAgain(stage: Stage, sale: MotorSale): Promise<Attempt[]> {
  const { seller, voucher, halves, proofs, code } = sale;
  const [first, second] = halves;
  const half = amountsOf(sale).gross / 2n;
  const parts = [first, second].map((id) => ({ id, minor: half }));
  const split = command('receivable', 'split', { id: voucher, expectedVersion: 2, parts });
  await stage.act(seller, split);
  const terms = { holder: seller, advanceMinor: ADVANCE_MINOR };
  const own = { ...terms, claim: first, lender: 'bank-yangtze', proof: proofs[0] };
  await financeClaim(stage, { ...own, registrationNo: `ZD-${code}-1` });
  const bank = nameIn(stage, 'bank-bohai');
  const rival = await financeOffer(stage, { ...terms, claim: first, holder: 'bank-yangtze' });
  const again = await stage.refused('bank-bohai', rival, 'already_financed');
  stage.tell('alert', `${first} is financed, ${bank} cannot too: ${again.code}`, again.height);
  const agreed = await financeOffer(stage, { ...terms, claim: second });
  await stage.agree(['bank-yangtze', seller], agreed);
  await registerFinancing(stage, { claim: second, registrationNo: `ZD-${code}-2` });
  const reuse = await completion(stage, { ...own, claim: second });
  const used = await stage.refused('bank-yangtze', reuse, 'payment_proof_reused');
  stage.tell('alert', `${proofs[0]} has paid for ${first} already: ${used.code}`, used.height);
  const repeated = proofOf(stage, {
    id: proofs[1],
    payer: 'bank-yangtze',
    payee: seller,
    payerBank: 'bank-yangtze',
    payeeBank: 'bank-yangtze',
    minor: ADVANCE_MINOR,
    reference: `PAY-ZD-${code}-1`,
  });
  const copied = await stage.refused('bank-yangtze', repeated, 'payment_proof_reused');
  stage.tell('alert', `one bank reference proves one payment: ${copied.code}`, copied.height);
  return [
    ['the same voucher financed again', again],
    ['one disbursement for two vouchers', used],
    ['the same payment proved again', copied],
  ];
}

function motorSale(run: string): MotorSale {
  const id = (text: string): string => (run === '' ? text : `${text}-${run}`);
  const code = (run === '' ? 'DP' : `DP-${run}`).toUpperCase();
  return {
    buyer: 'core-enterprise',
    seller: 'tier-1',
    sku: 'MOTOR-750',
    goods: 'motors',
    pieces: 10_000n,
    priceMinor: 10_000n,
    taxBps: 1_300,
    paymentDays: 60,
    order: id('po_twice-motors'),
    delivery: id('dl_twice-motors'),
    invoice: id('in_twice-motors'),
    twin: id('in_twice-altered'),
    voucher: id('rv_twice'),
    halves: [id('rv_twice-a'), id('rv_twice-b')],
    proofs: [id('pp_twice-a'), id('pp_twice-b')],
    number: `INV-${code}`,
    code,
  };
}
