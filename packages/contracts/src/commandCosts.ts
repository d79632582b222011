import { limits } from '@triflow/protocol';

/** How many keys of the state a command may read and write at most. */
export interface CommandCost {
  readonly reads: number;
  readonly writes: number;
}

/** A command that touches a few records: all that the table below does not name. */
const USUAL: CommandCost = { reads: 64, writes: 32 };

/** A facility's items, each with its goods, lien, price, devices, and the token that is out. */
const VALUED = perEntry(limits.itemsPerFacilityMax, { reads: 12, writes: 0 });
/** As many units as a command names, each with its code, its steps and its parent. */
const UNITS = perEntry(limits.epcsIndexedPerEventMax, { reads: 4, writes: 3 });
/** As many parts as a split makes, each with its lien and its goods. */
const PARTS = perEntry(limits.splitChildrenMax, { reads: 8, writes: 8 });
/** As many slots or animals as a command names. */
const PLACES = perEntry(limits.splitChildrenMax, { reads: 8, writes: 4 });
/** A search over trade or control, which stops at 256 nodes. */
const SEARCH = perEntry(limits.tradeSearchNodesMax, { reads: 3, writes: 0 });
/** The liens that meet on an asset, those of a lot's open receipts among them. */
const RANKED = perEntry(limits.openReceiptsPerLotMax, { reads: 3, writes: 0 });

const costs: Readonly<Record<string, CommandCost>> = {
  ...each(VALUED, [
    'pledge-facility.add_item',
    'pledge-facility.attest_control',
    'pledge-facility.cure_cash',
    'pledge-facility.cure_goods',
    'pledge-facility.declare_default',
    'pledge-facility.draw',
    'pledge-facility.early_sale',
    'pledge-facility.fail_cure',
    'pledge-facility.open_enforcement',
    'pledge-facility.record_costs',
    'pledge-facility.record_sale',
    'pledge-facility.release_item',
    'pledge-facility.repay',
    'pledge-facility.revalue',
    'pledge-facility.substitute',
    'lien.release',
    'livestock.substitute',
    'warehouse-receipt.release',
    'warehouse-receipt.withdraw',
  ]),
  'pledge-facility.distribute': RANKED,
  'pledge-facility.repay_and_release': { ...VALUED, writes: limits.writesPerCommandMax },
  ...each(RANKED, ['lien.amend', 'lien.countersign']),
  ...each(UNITS, ['trace.commission', 'trace.pack', 'trace.unpack', 'trace.record_event']),
  'warehouse-receipt.split': { reads: VALUED.reads, writes: PARTS.writes },
  ...each(PARTS, ['receivable.split', 'warehouse-receipt.amend', 'monitoring.submit_batch']),
  ...each(PLACES, [
    'livestock.mortgage',
    'payment.allocate',
    'warehouse-receipt.gate_in',
    'warehouse-receipt.issue',
    'warehouse-receipt.merge',
  ]),
  ...each(SEARCH, [
    'livestock.sell',
    'pledge-facility.sign_agreement',
    'purchase-order.accept_order',
    'receivable.transfer',
    'warehouse-receipt.pledge',
    'warehouse-receipt.transfer',
  ]),
};

/**
 * The declared cost of a command, `contract.name` (R14). It depends on bounded lists only, never
 * on how long the chain has run: the tests count the keys of every command that they send, and the
 * ledger stops a command at `readsPerCommandMax` and `writesPerCommandMax`.
 */
export function costOf(command: string): CommandCost {
  return costs[command] ?? USUAL;
}

function perEntry(count: number, entry: CommandCost): CommandCost {
  const reads = Math.min(limits.readsPerCommandMax, USUAL.reads + count * entry.reads);
  const writes = Math.min(limits.writesPerCommandMax, USUAL.writes + count * entry.writes);
  return { reads, writes };
}

function each(cost: CommandCost, commands: readonly string[]): Record<string, CommandCost> {
  return Object.fromEntries(commands.map((command) => [command, cost]));
}
