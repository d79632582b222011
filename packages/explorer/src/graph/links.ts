import { chainTables } from '../data/contractTables.js';
import { isRecord } from '../data/nodeApi.js';
import { segmentOfId } from '../format/ids.js';

/** A record that another one names, and the member that names it. */
export interface Link {
  readonly to: string;
  readonly by: string;
}

/** A list of records that name this one, by a filter of their kind. */
export interface ReverseLink {
  readonly segment: string;
  readonly filter: string;
}

/** Filters under which a kind of record finds those that name it. */
const reverse: Readonly<Record<string, readonly ReverseLink[]>> = {
  orders: [
    { segment: 'deliveries', filter: 'order' },
    { segment: 'invoices', filter: 'order' },
  ],
  deliveries: [],
  invoices: [
    { segment: 'obligations', filter: 'sourceRef' },
    { segment: 'receivables', filter: 'invoice' },
  ],
  lots: [
    { segment: 'receipts', filter: 'lot' },
    { segment: 'liens', filter: 'asset' },
    { segment: 'units', filter: 'lot' },
    { segment: 'alerts', filter: 'asset' },
  ],
  receipts: [
    { segment: 'liens', filter: 'asset' },
    { segment: 'pledges', filter: 'item' },
    { segment: 'alerts', filter: 'asset' },
  ],
  pledges: [
    { segment: 'liens', filter: 'debtRef' },
    { segment: 'obligations', filter: 'sourceRef' },
    { segment: 'alerts', filter: 'asset' },
  ],
  receivables: [
    { segment: 'receivables', filter: 'root' },
    { segment: 'liens', filter: 'asset' },
    { segment: 'obligations', filter: 'sourceRef' },
    { segment: 'alerts', filter: 'asset' },
  ],
  prices: [{ segment: 'pledges', filter: 'feed' }],
};

/** Objects that a record names anywhere in it, each once. */
export function linksOf(data: unknown, self: string): readonly Link[] {
  const found = new Map<string, string>();
  collect(data, '', found);
  found.delete(self);
  return [...found].map(([to, by]) => ({ to, by }));
}

/** Lists that hold what names an object of a kind, as far as this chain serves them. */
export function reverseLinksOf(segment: string): readonly ReverseLink[] {
  const filters = chainTables.value?.filters;
  return (reverse[segment] ?? []).filter((link) => {
    return filters === undefined || filters.get(link.segment)?.includes(link.filter) === true;
  });
}

function collect(value: unknown, by: string, found: Map<string, string>): void {
  if (typeof value === 'string') {
    if (segmentOfId(value) !== undefined && !found.has(value)) found.set(value, by);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, by, found);
  } else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      collect(member, /^(id|to|ref)$/.test(name) && by !== '' ? by : name, found);
    }
  }
}
