/** The three flows of a supply chain, and what concerns the consortium itself. */
export type Flow = 'goods' | 'documents' | 'money' | 'system';

const flowsOfSegments: Readonly<Record<string, Flow>> = {
  orders: 'documents',
  deliveries: 'goods',
  invoices: 'documents',
  receivables: 'money',
  lots: 'goods',
  receipts: 'goods',
  liens: 'documents',
  pledges: 'money',
  obligations: 'money',
  proofs: 'money',
  units: 'goods',
  devices: 'goods',
  prices: 'documents',
  animals: 'goods',
  items: 'goods',
  events: 'goods',
};

/** Which flow an object belongs to. */
export function flowOfSegment(segment: string): Flow {
  return flowsOfSegments[segment] ?? 'system';
}
