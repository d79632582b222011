import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { moneyText } from '../figures.js';
import { digestOf } from '../papers.js';
import { nameIn, type Stage } from '../stage.js';
import { claimOf, cny } from './sellGoods.js';

const REGISTERED_DAYS = 1_000;
const RATE_BPS = 400;

/** One lender's financing of one claim, without recourse. */
export interface Financing {
  readonly claim: string;
  readonly lender: string;
  readonly holder: string;
  readonly advanceMinor: bigint;
  readonly registrationNo: string;
  readonly proof: string;
}

/** A payment between two parties through their banks. */
export interface Payment {
  readonly id: string;
  readonly payer: string;
  readonly payee: string;
  readonly payerBank: string;
  readonly payeeBank: string;
  readonly minor: bigint;
  readonly reference: string;
}

/** Agreed by lender and holder, registered, paid out with proof: only then it takes effect. */
export async function financeClaim(stage: Stage, financing: Financing): Promise<void> {
  const { claim, lender, holder, advanceMinor } = financing;
  await stage.agree([lender, holder], await financeOffer(stage, financing));
  const agreed = `${nameIn(stage, lender)} will finance ${claim}`;
  stage.tell('data', `${agreed} for ${nameIn(stage, holder)}: nothing else may charge it now`);
  await registerFinancing(stage, financing);
  await provePayment(stage, {
    id: financing.proof,
    payer: lender,
    payee: holder,
    payerBank: lender,
    payeeBank: lender,
    minor: advanceMinor,
    reference: `PAY-${financing.registrationNo}`,
  });
  await stage.act(lender, await completion(stage, financing));
  const lent = moneyText(advanceMinor, 'CNY');
  const paid = `${nameIn(stage, lender)} paid ${lent} to ${nameIn(stage, holder)}`;
  stage.tell('money', `${paid}, ${financing.proof}: ${claim} is the bank's`);
}

/** The lender's offer, for the claim as it stands now. */
export async function financeOffer(
  stage: Stage,
  { claim, holder, advanceMinor }: Pick<Financing, 'advanceMinor' | 'claim' | 'holder'>,
) {
  const { version: expectedVersion } = await claimOf(stage, holder, claim);
  return command('receivable', 'finance', {
    id: claim,
    expectedVersion,
    kind: 'factoring',
    advance: cny(advanceMinor),
    rateBps: RATE_BPS,
    dayCount: 360,
    recourse: false,
    costsMinor: 0n,
  });
}

/** The command by which the lender says that it has paid out. */
export async function completion(
  stage: Stage,
  { claim, lender, proof }: Pick<Financing, 'claim' | 'lender' | 'proof'>,
) {
  const { version: expectedVersion } = await claimOf(stage, lender, claim);
  return command('receivable', 'complete_finance', { id: claim, expectedVersion, proof });
}

/** The register's gateway records number and time of the filing. */
export async function registerFinancing(
  stage: Stage,
  { claim, registrationNo }: Pick<Financing, 'claim' | 'registrationNo'>,
): Promise<void> {
  const registeredAt = stage.nowMs();
  const registryValidTo = dayOfTime(registeredAt) + REGISTERED_DAYS;
  const filing = { id: claim, registrationNo, registeredAt, registryValidTo };
  await stage.act('registry', command('receivable', 'record_registration', filing));
  stage.tell('data', `${nameIn(stage, 'registry')} recorded ${claim} as ${registrationNo}`);
}

/** A proof by the payer's bank that money moved. */
export async function provePayment(stage: Stage, payment: Payment): Promise<void> {
  await stage.act(payment.payerBank, proofOf(stage, payment));
}

/** The command that proves a payment. */
export function proofOf(stage: Stage, payment: Payment) {
  const { id, payer, payee, payerBank, payeeBank, minor, reference } = payment;
  const party = (alias: string) => stage.cast.actor(alias).id;
  return command('payment', 'submit_proof', {
    id,
    payerBank: party(payerBank),
    payeeBank: party(payeeBank),
    payer: party(payer),
    payee: party(payee),
    bankReference: reference,
    amount: cny(minor),
    valueDay: dayOfTime(stage.nowMs()),
    payerAccountHash: digestOf(`account of ${payer}`),
    payeeAccountHash: digestOf(`account of ${payee}`),
    messageHash: digestOf(`payment message ${reference}`),
  });
}
