import { limits, type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { facilities } from '../pledge-facility/queries.js';
import { invoices, orders } from '../purchase-order/queries.js';
import { type Claim, claims, roots } from '../receivable/queries.js';
import { lots, receipts } from '../warehouse-receipt/queries.js';
import { allOfIndex, pageOfList } from './page.js';

const ROOT = /^(po|in|rv|lt|wr|pl)_[a-z0-9-]{1,60}$/;
const DEPTH_MAX = 64;

/** One step of a tree: an object, what it says, and the objects one tier further. */
interface Node {
  readonly id: string;
  readonly tier: number;
  readonly from: string | null;
  readonly facts: object | null;
}

interface Found {
  readonly facts: object;
  readonly key: string;
  readonly onward: readonly string[];
}

/**
 * The tree behind an order, invoice, claim, lot or receipt (穿透式查询), tier by tier: `down` to
 * who holds and finances its parts, `up` to the trade and goods that it came from. What the reader
 * may not see is named without its facts.
 */
export const penetrate = query({
  params: z.strictObject({
    root: z.string().regex(ROOT),
    direction: z.enum(['down', 'up']).default('down'),
    depth: z.coerce.number().int().min(0).max(DEPTH_MAX).default(DEPTH_MAX),
    cursor: z
      .string()
      .regex(/^[0-9]{1,9}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(limits.viewRecordsMax).default(limits.listPageMax),
  }),
  run: async (reader, { root, direction, depth, ...page }) => {
    const { nodes, complete } = await walk(reader, root, direction, depth);
    const { items, next } = pageOfList(nodes, page);
    const tiers = nodes.reduce((most, node) => Math.max(most, node.tier), 0);
    const proofRef = items.slice(0, limits.stateKeysPerProofMax).flatMap(({ id, facts }) => {
      return facts === null ? [] : [keyOf(id)];
    });
    const summary = { root, direction, nodes: nodes.length, tiers, complete };
    return { data: { ...summary, items, ...(next === undefined ? {} : { next }) }, proofRef };
  },
});

/** Breadth first, each object once, at most `viewNodesMax`. */
async function walk(
  reader: QueryReader,
  root: string,
  direction: 'down' | 'up',
  depth: number,
): Promise<{ readonly nodes: readonly Node[]; readonly complete: boolean }> {
  const nodes: Node[] = [];
  const seen = new Set<string>([root]);
  let level: readonly { readonly id: string; readonly from: string | null }[] = [
    { id: root, from: null },
  ];
  for (let tier = 0; level.length > 0; tier += 1) {
    const next: { id: string; from: string }[] = [];
    for (let start = 0; start < level.length; start += limits.viewParallelReads) {
      const part = level.slice(start, start + limits.viewParallelReads);
      const found = await Promise.all(part.map(({ id }) => read(reader, id, direction)));
      for (const [index, { id, from }] of part.entries()) {
        const one = found[index];
        nodes.push({ id, tier, from, facts: one?.facts ?? null });
        for (const other of one?.onward ?? []) {
          if (seen.has(other)) continue;
          if (seen.size >= limits.viewNodesMax) return { nodes, complete: false };
          seen.add(other);
          next.push({ id: other, from: id });
        }
      }
    }
    if (tier === depth) return { nodes, complete: next.length === 0 };
    level = next;
  }
  return { nodes, complete: true };
}

function read(
  reader: QueryReader,
  id: string,
  direction: 'down' | 'up',
): Promise<Found | undefined> {
  const down = direction === 'down';
  switch (id.slice(0, 2)) {
    case 'rv':
      return readClaim(reader, id, down);
    case 'in':
      return readInvoice(reader, id, down);
    case 'po':
      return readOrder(reader, id, down);
    case 'lt':
      return readLot(reader, id, down);
    case 'wr':
      return readReceipt(reader, id, down);
    default:
      return readFacility(reader, id, down);
  }
}

async function readClaim(
  reader: QueryReader,
  id: string,
  down: boolean,
): Promise<Found | undefined> {
  const claim = await reader.get(claims, id);
  if (claim === undefined) return undefined;
  const key = keyOf(id);
  if (down) return { facts: claimFacts(claim), key, onward: claim.children };
  if (claim.parents.length > 0) return { facts: claimFacts(claim), key, onward: claim.parents };
  const root = await reader.get(roots, claim.root);
  const onward = (root?.invoices ?? []).map((part) => part.invoice);
  return { facts: claimFacts(claim), key, onward };
}

async function readInvoice(
  reader: QueryReader,
  id: string,
  down: boolean,
): Promise<Found | undefined> {
  const invoice = await reader.get(invoices, id);
  if (invoice === undefined) return undefined;
  const { seller, buyer, amount, tax, issueDay, state, flags, voucheredMinor } = invoice;
  const facts = { seller, buyer, amount, tax, issueDay, state, flags, voucheredMinor };
  if (!down) return { facts, key: keyOf(id), onward: invoice.orders };
  const { records } = await allOfIndex(reader, roots, { name: 'invoice', value: id });
  return { facts, key: keyOf(id), onward: records.map((root) => root.id) };
}

async function readOrder(
  reader: QueryReader,
  id: string,
  down: boolean,
): Promise<Found | undefined> {
  const order = await reader.get(orders, id);
  if (order === undefined) return undefined;
  const { buyer, seller, currency, state, flags } = order;
  const facts = { buyer, seller, currency, state, flags };
  if (!down) return { facts, key: keyOf(id), onward: [] };
  const { records } = await allOfIndex(reader, invoices, { name: 'order', value: id });
  return { facts, key: keyOf(id), onward: records.map((invoice) => invoice.id) };
}

async function readLot(reader: QueryReader, id: string, down: boolean): Promise<Found | undefined> {
  const lot = await reader.get(lots, id);
  if (lot === undefined) return undefined;
  const { warehouse, sku, state, onHand, receipted } = lot;
  const facts = { warehouse, sku, state, onHand, receipted };
  const trade = lot.lineage.map((stage) => stage.split('.')[0] ?? stage);
  if (!down) return { facts, key: keyOf(id), onward: trade.filter((one) => ROOT.test(one)) };
  const { records } = await allOfIndex(reader, receipts, { name: 'lot', value: id });
  const first = records.filter((receipt) => receipt.parents.length === 0);
  return { facts, key: keyOf(id), onward: first.map((receipt) => receipt.id) };
}

async function readReceipt(
  reader: QueryReader,
  id: string,
  down: boolean,
): Promise<Found | undefined> {
  const receipt = await reader.get(receipts, id);
  if (receipt === undefined) return undefined;
  const { warehouse, holder, quantity, state, lien, lender, facility } = receipt;
  const facts = { warehouse, holder, quantity, state, lien, lender, facility };
  const after = [...receipt.children, ...(facility === undefined ? [] : [facility])];
  const before = receipt.parents.length > 0 ? receipt.parents : [receipt.lot];
  return { facts, key: keyOf(id), onward: down ? after : before };
}

async function readFacility(
  reader: QueryReader,
  id: string,
  down: boolean,
): Promise<Found | undefined> {
  const facility = await reader.get(facilities, id);
  if (facility === undefined) return undefined;
  const { lender, pledgor, supervisor, kind, limit, state, maturity, debt, valuation } = facility;
  const owed = { principalMinor: debt.principalMinor, valueMinor: valuation?.valueMinor ?? null };
  const facts = { lender, pledgor, supervisor, kind, limit, state, maturity, ...owed };
  const onward = down ? [] : facility.items.map((item) => item.asset);
  return { facts, key: keyOf(id), onward };
}

/** Holder, amount, trade and financing of a claim: what a regulator looks through to. */
function claimFacts(claim: Claim) {
  const { root, tier, holder, debtor, face, maturity, state, tradeRef, flags } = claim;
  const { financing, pledge, originalCreditor } = claim;
  const facts = { root, claimTier: tier, holder, debtor, originalCreditor, face, maturity, state };
  const financed =
    financing === undefined
      ? null
      : {
          kind: financing.kind,
          lender: financing.lender,
          advance: financing.advance,
          rateBps: financing.rateBps,
          recourse: financing.recourse,
        };
  return { ...facts, tradeRef, flags, financing: financed, pledgedTo: pledge?.lender ?? null };
}

function keyOf(id: string): string {
  const tables = {
    po: orders,
    in: invoices,
    rv: claims,
    lt: lots,
    wr: receipts,
    pl: facilities,
  } as const;
  const kind = id.slice(0, 2) as keyof typeof tables;
  return stateKey(tables[kind], [id]);
}
