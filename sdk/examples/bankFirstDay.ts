import { fileURLToPath } from 'node:url';
import type { Client } from '@triflow/sdk';
import { openDevnet } from '@triflow/sdk/devnet';
import { saveEvidence } from '@triflow/sdk/node';
import {
  issueReceipt,
  type OtherParties,
  otherParties,
  paper,
  quotePrice,
  registerLien,
  showTo,
  signTogether,
} from './otherParties.js';

/** What a bank's first day needs; `pnpm demo` has put the price feed on the devnet. */
export interface FirstDay {
  /** The devnet's `devnet.json`. */
  readonly devnet: string;
  /** Ends the ids of this day's receipt and pledge: `wr_NAME`, `pl_NAME`. */
  readonly name: string;
  readonly feed: string;
  /** Where the evidence goes. */
  readonly evidence: string;
}

interface Desk {
  readonly bank: Client;
  readonly others: OtherParties;
  readonly receipt: string;
  readonly pledge: string;
  readonly feed: string;
  readonly say: (line: string) => void;
}

const BARRELS = 10_000n;
const DAY_MS = 86_400_000;
/** A fall by 22 % brings a loan of 60 % to 77 %, over the margin-call line of 75 %. */
const FALLEN_PER_CENT = 78n;

/**
 * A bank's first day: is the receipt real, does anything encumber it, lend against it, what does
 * the price do to the loan, and what can be shown to an auditor. Every read is checked against
 * the validators' signatures in this process; a lying node would end it with an error.
 */
export async function bankFirstDay(day: FirstDay, say: (line: string) => void): Promise<string[]> {
  const devnet = await openDevnet(day.devnet, { timeoutMs: 30_000 });
  const others = otherParties(devnet);
  const bank = others.client('bank-yangtze');
  const [receipt, pledge] = [`wr_${day.name}`, `pl_${day.name}`];
  const desk: Desk = { bank, others, receipt, pledge, feed: day.feed, say };

  // Others' steps: a warehouse issues a receipt, and its holder, who asks for a loan, shows it.
  await issueReceipt(others, receipt, BARRELS, await ledgerTime(bank));
  await showTo(others, receipt, 'bank-yangtze', await ledgerTime(bank));
  await bank.receipts.waitFor(receipt, 'FREE');

  await checkGoods(desk);
  const lien = await openPledge(desk);
  await lend(desk);
  await followPrice(desk);

  // For the auditor, who needs no node: triflow verify FILE --trust genesis.json
  const report = await saveEvidence(bank, [receipt, lien, pledge], day.evidence);
  for (const sentence of report.sentences) say(sentence);
  return [...report.sentences];
}

/** Where the goods come from, and whether anybody has a right in them: both with proof. */
async function checkGoods({ bank, receipt, say }: Desk): Promise<void> {
  const trace = await bank.trace(receipt, { prove: true });
  say(`${receipt} comes from ${trace.root.origins.map(({ id }) => id).join(', ')}`);
  if (trace.flags.length > 0) say(`flags: ${trace.flags.join(', ')}`);

  // Complete, because each list stands under one key: no lien is a proof too.
  const liens = await bank.liens.complete(receipt);
  const found = [...liens.onReceipt, ...liens.onLot, ...liens.onHolder];
  say(`${found.length} liens, proved by ${liens.verified?.signers} of ${liens.verified?.of}`);
}

/** The borrower applies, all sign, the keeper pledges, the supervisor attests control. */
async function openPledge(desk: Desk): Promise<string> {
  const { bank, others, receipt, pledge, feed, say } = desk;
  const refinery = others.client('refinery');
  const supervisor = others.client('supervisor');
  const application = await refinery.pledges.apply({
    id: pledge,
    lender: others.id('bank-yangtze'),
    kind: 'static',
    limit: { minor: 50_000_000n, currency: 'USD' },
    initialLtvBps: 6_000,
    warningBps: 6_500,
    marginCallBps: 7_500,
    disposalBps: 8_500,
    cureToBps: 6_000,
    cureMs: 2 * DAY_MS,
    maturity: Math.floor((await ledgerTime(bank)) / DAY_MS) + 180,
    rateBps: 450,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: [],
    titlePassesOnDefault: false,
    // Left out, control rests on a signed count and on devices: this sample waives both.
    stocktakeRequired: false,
    devicesRequired: false,
    items: [
      {
        asset: receipt,
        feed,
        haircutBps: 0,
        verifiedWithinMs: 30 * DAY_MS,
        insuranceRequired: true,
      },
    ],
  });
  await signTogether(application, 'pledges', [bank]);

  const agreement = await bank.pledges.signAgreement({
    id: pledge,
    expectedVersion: 1,
    supervisor: others.id('supervisor'),
    engagedBy: others.id('bank-yangtze'),
    agreement: paper(`pledge agreement ${pledge}`),
  });
  await signTogether(agreement, 'pledges', [refinery, supervisor]);

  const { data: free } = await bank.receipts.waitFor(receipt, 'FREE');
  const pledging = await refinery.receipts.pledge({
    id: receipt,
    expectedVersion: free?.version ?? 1,
    facility: pledge,
    affiliationAccepted: false,
  });
  await signTogether(pledging, 'receipts', [bank, others.client('warehouse')]);

  const { data: pledged } = await bank.receipts.waitFor(receipt, 'PLEDGED');
  const lien = pledged?.lien ?? '';
  await registerLien(others, lien, await ledgerTime(bank));
  const evidence = paper(`control of ${receipt}`);
  await (await supervisor.pledges.attestControl({ id: pledge, evidence })).commit();
  await bank.pledges.waitFor(pledge, 'ESTABLISHED');
  say(`${pledge} is established over ${receipt}: ${lien}`);
  return lien;
}

/** The borrower draws what the agreed ratio lets it, the bank agrees. */
async function lend({ bank, others, pledge, say }: Desk): Promise<void> {
  const { data } = await bank.pledges.waitFor(pledge, 'ESTABLISHED');
  const valueMinor = data?.valuation?.valueMinor ?? 0n;
  const amount = { minor: (valueMinor * 6_000n) / 10_000n, currency: 'USD' };
  const draw = { id: pledge, expectedVersion: data?.version ?? 1, amount };
  await signTogether(await others.client('refinery').pledges.draw(draw), 'pledges', [bank]);
  const { height } = await bank.pledges.waitFor(pledge, 'NORMAL');
  say(`${dollars(amount.minor)} drawn under ${pledge} at height ${height}`);
}

/** The price falls; the bank has its pledge valued, and the ledger calls for margin. */
async function followPrice({ bank, others, pledge, feed, say }: Desk): Promise<void> {
  const { data } = await bank.prices.get(feed);
  const price = data?.current?.value ?? 0n;
  const fallen = (price * FALLEN_PER_CENT) / 100n;
  const round = (data?.lastRound ?? 0) + 1;
  await quotePrice(others, { feed, round, value: fallen, observedAt: await ledgerTime(bank) });
  await (await bank.pledges.revalue({ id: pledge })).commit();

  // Events can be read again from any cursor: this one begins with the pledge's first.
  const types = ['margin_call.issued'];
  for await (const event of bank.events.follow({ types, subject: pledge })) {
    say(`margin call on ${pledge} at height ${event.height}: the price fell to ${dollars(fallen)}`);
    break;
  }
}

/** Amounts are integers of the smallest unit; they become text only to be read. */
function dollars(minor: bigint): string {
  return `USD ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
}

/** The ledger's own clock: the time of its newest block, in ms. */
async function ledgerTime(bank: Client): Promise<number> {
  const { timeMs } = await bank.head();
  return timeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [devnet = '.triflow/devnet/devnet.json', name = 'first-day'] = process.argv.slice(2);
  const day = { devnet, name, feed: 'pf_brent', evidence: `${name}.evidence.json` };
  await bankFirstDay(day, (line) => process.stdout.write(`${line}\n`));
}
