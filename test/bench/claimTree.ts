import { demoSeed, sha256 } from '@triflow/crypto';
import { DEMO_KEY_ID, demoParty } from '@triflow/devnet';
import {
  assert,
  CodedError,
  dayFromTime,
  defined,
  hexFromBytes,
  limits,
  type PartyId,
  utf8FromText,
} from '@triflow/protocol';
import {
  accountFromSeed,
  type Client,
  type CommandInput,
  command,
  createClient,
  http,
  type PreparedTransaction,
} from '@triflow/sdk';
import type { BenchNetwork } from './benchNetwork.js';

/** What the voucher's parts are cut from: enough minor units for every leaf. */
const PIECES = 1_000_000n;
const PRICE_MINOR = 1_000n;
const FACE_MINOR = PIECES * PRICE_MINOR;
const SPLITS_EACH = 4;

/** A confirmed voucher cut into parts and parts of parts, all committed by real commands. */
export interface ClaimTree {
  readonly root: string;
  readonly claims: number;
  /** The debtor of every part, who may read them all. */
  readonly debtor: Client;
}

interface Claim {
  readonly id: string;
  readonly minor: bigint;
}

/** Grows a tree of exactly so many claims, by commands signed by the demo parties. */
export async function growClaimTree(network: BenchNetwork, size: number): Promise<ClaimTree> {
  const root = { id: 'rv_bench-root', minor: FACE_MINOR };
  await issueVoucher(network, root.id);
  const holder = clientOf(network, 'tier-1');
  let claims = 1;
  let level: readonly Claim[] = [root];
  while (claims < size) {
    const splits: CommandInput[] = [];
    const next: Claim[] = [];
    for (const claim of level) {
      const width = Math.min(limits.splitChildrenMax, size - claims);
      if (width < 1) break;
      const parts = partsOf(claim, width);
      splits.push(splitOf(claim, parts));
      next.push(...parts);
      claims += width;
    }
    await commitInGroups(holder, splits);
    level = next;
  }
  return { root: root.id, claims, debtor: clientOf(network, 'core-enterprise') };
}

/** Equal parts; the first takes what is left over. */
function partsOf({ id, minor }: Claim, width: number): Claim[] {
  const each = minor / BigInt(width);
  assert(each > 0n, 'claim tree: the face is too small');
  return Array.from({ length: width }, (_, index) => {
    const left = index === 0 ? minor - each * BigInt(width) : 0n;
    return { id: `${id}-${index}`.replace('bench-root', 'b'), minor: each + left };
  });
}

function splitOf({ id }: Claim, parts: readonly Claim[]): CommandInput {
  const named = parts.map((part) => ({ id: part.id, minor: part.minor }));
  return command('receivable', 'split', {
    id,
    expectedVersion: VERSIONS.get(id) ?? 1,
    parts: named,
  });
}

/** A confirmed voucher was changed once since it was made; its parts are new. */
const VERSIONS: ReadonlyMap<string, number> = new Map([['rv_bench-root', 2]]);

async function commitInGroups(client: Client, commands: readonly CommandInput[]): Promise<void> {
  const groups: (readonly CommandInput[])[] = [];
  for (let start = 0; start < commands.length; start += SPLITS_EACH) {
    groups.push(commands.slice(start, start + SPLITS_EACH));
  }
  for (const group of groups) await (await client.transaction(group)).commit();
}

/** Order, delivery, invoice, match, line, voucher, confirmation: what a voucher rests on. */
async function issueVoucher(network: BenchNetwork, id: string): Promise<void> {
  const done = async (prepared: Promise<PreparedTransaction>) => (await prepared).commit();
  const [core, seller] = [clientOf(network, 'core-enterprise'), clientOf(network, 'tier-1')];
  const [buyer, order, delivery, invoice] = [partyOf('core-enterprise'), 'po_b', 'dl_b', 'in_b'];
  const quantity = { value: PIECES, unit: 'C62', scale: 0 };
  const face = { minor: FACE_MINOR, currency: 'CNY' };
  const line = { lineNo: 1, sku: 'BENCH', ordered: quantity, taxBps: 0, overDeliveryBps: 0 };
  const unitPrice = { value: PRICE_MINOR, currency: 'CNY', unit: 'C62', scale: 0 };
  const terms = {
    seller: partyOf('tier-1'),
    currency: 'CNY',
    lines: [{ ...line, unitPrice }],
    paymentTerm: { days: 60, basis: 'delivery' as const },
    nonCashClause: documentRef('payment by voucher'),
  };
  await done(core.orders.issueOrder({ id: order, ...terms }));
  await done(seller.orders.acceptOrder({ id: order, expectedVersion: 1 }));
  await done(seller.deliveries.ship({ id: delivery, order, lines: [{ lineNo: 1, quantity }] }));
  const handing = { id: delivery, expectedVersion: 1, receiver: buyer };
  const { events } = await done(seller.deliveries.handOver(handing));
  const pendingId = events.map(({ data }) => data.pendingId).find((one) => one !== undefined);
  if (typeof pendingId !== 'string') throw new CodedError('INTERNAL', 'bench: nothing is pending');
  await done(core.deliveries.countersign({ id: delivery, pendingId }));
  const judged = { lineNo: 1, unit: 'C62', scale: 0, accepted: PIECES, rejected: 0n, lost: 0n };
  const accepted = { id: delivery, expectedVersion: 2, lines: [judged] };
  await done(core.deliveries.acceptDelivery(accepted));
  const today = dayFromTime(Date.now());
  const billed = { order, lineNo: 1, quantity, amountMinor: FACE_MINOR, taxMinor: 0n };
  const paper = {
    buyer,
    sellerTaxId: taxIdOf('tier-1'),
    buyerTaxId: taxIdOf('core-enterprise'),
    code: '044001900111',
    number: 'BENCH-1',
    amount: face,
    tax: { minor: 0n, currency: 'CNY' },
    issueDay: today,
    lines: [billed],
  };
  await done(seller.invoices.registerInvoice({ id: invoice, ...paper }));
  await done(core.invoices.match({ id: invoice }));
  const lender = clientOf(network, 'bank-yangtze');
  await done(lender.receivables.setCreditLine({ debtor: buyer, limit: face }));
  const invoices = [{ invoice, minor: FACE_MINOR }];
  await done(seller.receivables.issue({ id, invoices, maturity: today + 50 }));
  await done(core.receivables.confirm({ id, expectedVersion: 1 }));
}

function clientOf(network: BenchNetwork, alias: string): Client {
  const { genesis } = network;
  const account = accountFromSeed({
    party: partyOf(alias),
    keyId: DEMO_KEY_ID,
    seed: demoSeed(alias),
  });
  const transport = http(network.node(0).url);
  return createClient({ transport, trust: { genesis }, account, timeoutMs: 60_000 });
}

function taxIdOf(alias: string): string {
  return partyOf(alias).replace(/^[a-z]+:/, '');
}

function partyOf(alias: string): PartyId {
  return defined(demoParty(alias), `no demo party ${alias}`).id;
}

function documentRef(text: string) {
  const hash = `sha256:${hexFromBytes(sha256(utf8FromText(text)))}`;
  return { hash, mediaType: 'application/pdf' };
}
