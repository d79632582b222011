import { eachRecord, type Invariant } from '../invariant.js';
import { receiptHolderIn } from '../warehouse-receipt/internal.js';
import { distributions, facilities, sales } from './keys.js';
import { isLive, mayRepay } from './lifecycle.js';
import { displayLtvBps, isBreached, lineCrossed } from './ltv.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord('F1 principal and costs stay within the limit', facilities, ({ debt, limit }) => {
    return debt.principalMinor + debt.costsMinor <= limit.minor;
  }),
  eachRecord('interest paid is at most interest accrued', facilities, ({ debt, dayCount }) => {
    const rest = debt.interestRest < 10_000 * dayCount;
    return rest && debt.interestPaidMinor <= debt.interestWhole + 1n;
  }),
  eachRecord('a margin call stands exactly in MARGIN_CALL', facilities, (facility) => {
    const called = facility.state === 'MARGIN_CALL';
    const kept = !isLive(facility.state) && mayRepay(facility.state);
    return kept || called === (facility.marginCall !== undefined);
  }),
  eachRecord('the state follows the line of the last valuation', facilities, (facility) => {
    const { state, valuation } = facility;
    if (!isLive(state) || valuation === undefined) return true;
    const { line } = valuation;
    if (state === 'NORMAL' || state === 'ESTABLISHED') return line === 'none';
    return state === 'WARNING' ? line === 'warning' : true;
  }),
  eachRecord('F5 line and ratio of a valuation follow from its sums', facilities, (facility) => {
    const { valuation } = facility;
    if (valuation === undefined) return true;
    const { debtMinor, valueMinor, line, ltvBps } = valuation;
    return (
      line === lineCrossed(facility, debtMinor, valueMinor) &&
      ltvBps === displayLtvBps(debtMinor, valueMinor)
    );
  }),
  {
    rule: 'F4 an item backs one facility',
    broken: (state) => {
      const backed = new Map<string, string>();
      const twice: string[] = [];
      for (const { id, state: standing, items } of state.records(facilities)) {
        if (!isLive(standing)) continue;
        for (const { asset } of items) {
          if (backed.has(asset)) twice.push(`F4: ${asset} in ${id} and ${backed.get(asset)}`);
          backed.set(asset, id);
        }
      }
      return twice;
    },
  },
  {
    rule: 'F3 a facility in calm is covered at its last draw or release',
    broken: (state) =>
      state
        .records(facilities)
        .filter(({ state: standing, valuation, marginCallBps }) => {
          const calm = standing === 'NORMAL' || standing === 'ESTABLISHED';
          if (!calm || valuation === undefined) return false;
          return isBreached(valuation.debtMinor, valuation.valueMinor, marginCallBps);
        })
        .map(({ id }) => `F3: ${id}`),
  },
  {
    rule: 'F6 the lender holds pledged goods only by a price agreed after default',
    broken: (state) =>
      state.records(facilities).flatMap(({ id, lender, items }) => {
        const held = items.filter(({ asset }) => receiptHolderIn(state, asset) === lender);
        const taken = state.records(sales).filter((sale) => {
          return sale.facility === id && sale.buyer === lender && sale.method !== 'agreed_price';
        });
        return [...held, ...taken].map(() => `F6: ${id}`);
      }),
  },
  {
    rule: 'the lines of a distribution add up to its proceeds',
    broken: (state) =>
      state
        .records(distributions)
        .filter(({ lines, proceedsMinor }) => {
          return lines.reduce((sum, line) => sum + line.amountMinor, 0n) !== proceedsMinor;
        })
        .map(({ facility, sale }) => `distribution ${facility} ${sale}`),
  },
  {
    rule: 'sales are counted, and each distributed one has its lines',
    broken: (state) =>
      state
        .records(facilities)
        .filter(({ id, enforcement }) => {
          const own = state.records(sales).filter((sale) => sale.facility === id);
          const shared = own.filter((sale) => sale.state === 'DISTRIBUTED');
          const lines = state.records(distributions).filter((one) => one.facility === id);
          const counted = { sales: own.length, distributed: shared.length };
          const { sales: all, distributed } = enforcement ?? { sales: 0, distributed: 0 };
          const same = counted.sales === all && counted.distributed === distributed;
          return !same || lines.length !== shared.length;
        })
        .map(({ id }) => `sales of ${id}`),
  },
  eachRecord('a closed facility owes nothing and holds nothing', facilities, (facility) => {
    const { state, debt, items } = facility;
    return state !== 'CLOSED' || (debt.principalMinor === 0n && items.length === 0);
  }),
];
