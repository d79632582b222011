import {
  type Day,
  limits,
  type PartyId,
  type ReadContext,
  type WriteContext,
} from '@triflow/protocol';
import { declaredAffiliates } from '../party-registry/internal.js';
import { sales } from './keys.js';
import type { Order } from './schema.js';

export type CircleAnswer = 'CIRCULAR_TRADE' | 'search_incomplete' | undefined;

interface Node {
  readonly party: PartyId;
  /** Whether the way here has a sale in it: relations alone make no circle. */
  readonly sold: boolean;
}

/**
 * Whether what a party sells now comes back to it: sales of the same ware within
 * `circularTradeDays`, and declared affiliations, that lead from the buyer to the seller. At most 8
 * steps and 256 nodes (R14).
 */
export function circularTrade(context: ReadContext, order: Order): CircleAnswer {
  const since = context.day - context.parameter<number>('circularTradeDays');
  const skus = [...new Set(order.lines.map((line) => line.sku))];
  const budget = { nodes: limits.tradeSearchNodesMax };
  let complete = true;
  for (const sku of skus) {
    const answer = comesBack(context, order, { sku, since, budget });
    if (answer === 'CIRCULAR_TRADE') return answer;
    complete &&= answer === undefined;
  }
  return complete ? undefined : 'search_incomplete';
}

/** Enters an accepted order among its seller's latest sales of each ware. */
export function noteSales(context: WriteContext, order: Order): void {
  const { id, seller, buyer, lines } = order;
  for (const sku of new Set(lines.map((line) => line.sku))) {
    const known = context.get(sales, seller, sku)?.sales ?? [];
    const latest = [...known, { order: id, buyer, day: context.day }];
    const kept = latest.slice(-limits.salesKeptPerPartyMax);
    context.put(sales, [seller, sku], { sales: kept });
  }
}

function comesBack(
  context: ReadContext,
  { buyer, seller }: Order,
  search: { readonly sku: string; readonly since: Day; readonly budget: { nodes: number } },
): CircleAnswer {
  const seen = new Set<string>();
  let frontier: Node[] = [{ party: buyer, sold: false }];
  for (let step = 0; step < limits.tradeSearchStepsMax && frontier.length > 0; step += 1) {
    const next: Node[] = [];
    for (const node of frontier) {
      search.budget.nodes -= 1;
      if (search.budget.nodes < 0) return 'search_incomplete';
      for (const reached of nodesFrom(context, node, search)) {
        if (reached.party === seller && reached.sold) return 'CIRCULAR_TRADE';
        const name = `${reached.party} ${reached.sold}`;
        if (seen.has(name)) continue;
        seen.add(name);
        next.push(reached);
      }
    }
    frontier = next;
  }
  return frontier.length === 0 ? undefined : 'search_incomplete';
}

function nodesFrom(
  context: ReadContext,
  { party, sold }: Node,
  { sku, since }: { readonly sku: string; readonly since: Day },
): Node[] {
  const recent = (context.get(sales, party, sku)?.sales ?? []).filter((sale) => sale.day >= since);
  return [
    ...recent.map((sale) => ({ party: sale.buyer, sold: true })),
    ...declaredAffiliates(context, party).map((other) => ({ party: other, sold })),
  ];
}
