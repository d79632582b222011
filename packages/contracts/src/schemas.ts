import type { Table } from '@triflow/protocol';
import type { z } from 'zod';
import * as custodyEvents from './custody-items/events.js';
import * as custodyKeys from './custody-items/keys.js';
import * as custodySchema from './custody-items/schema.js';
import * as custodyStatus from './custody-items/statusCodes.js';
import * as governanceEvents from './governance/events.js';
import * as governanceKeys from './governance/keys.js';
import * as governanceSchema from './governance/schema.js';
import * as governanceStatus from './governance/statusCodes.js';
import * as lienEvents from './lien/events.js';
import * as lienKeys from './lien/keys.js';
import * as lienSchema from './lien/schema.js';
import * as lienStatus from './lien/statusCodes.js';
import * as livestockEvents from './livestock/events.js';
import * as livestockKeys from './livestock/keys.js';
import * as livestockSchema from './livestock/schema.js';
import * as livestockStatus from './livestock/statusCodes.js';
import * as monitoringEvents from './monitoring/events.js';
import * as monitoringKeys from './monitoring/keys.js';
import * as monitoringSchema from './monitoring/schema.js';
import * as monitoringStatus from './monitoring/statusCodes.js';
import * as registryEvents from './party-registry/events.js';
import * as registryKeys from './party-registry/keys.js';
import * as registrySchema from './party-registry/schema.js';
import * as registryStatus from './party-registry/statusCodes.js';
import * as paymentEvents from './payment/events.js';
import * as paymentKeys from './payment/keys.js';
import * as paymentSchema from './payment/schema.js';
import * as paymentStatus from './payment/statusCodes.js';
import { pendingCommandSchemas, pendingTable } from './pendingSchema.js';
import * as facilityEvents from './pledge-facility/events.js';
import * as facilityKeys from './pledge-facility/keys.js';
import * as facilitySchema from './pledge-facility/schema.js';
import * as facilityStatus from './pledge-facility/statusCodes.js';
import * as feedEvents from './price-feed/events.js';
import * as feedKeys from './price-feed/keys.js';
import * as feedSchema from './price-feed/schema.js';
import * as feedStatus from './price-feed/statusCodes.js';
import * as orderEvents from './purchase-order/events.js';
import * as orderKeys from './purchase-order/keys.js';
import * as orderSchema from './purchase-order/schema.js';
import * as orderStatus from './purchase-order/statusCodes.js';
import * as claimEvents from './receivable/events.js';
import * as claimKeys from './receivable/keys.js';
import * as claimSchema from './receivable/schema.js';
import * as claimStatus from './receivable/statusCodes.js';
import * as traceEvents from './trace/events.js';
import * as traceKeys from './trace/keys.js';
import * as traceSchema from './trace/schema.js';
import * as traceStatus from './trace/statusCodes.js';
import * as receiptEvents from './warehouse-receipt/events.js';
import * as receiptKeys from './warehouse-receipt/keys.js';
import * as receiptSchema from './warehouse-receipt/schema.js';
import * as receiptStatus from './warehouse-receipt/statusCodes.js';

/** What a client knows of a contract without its rules. Safe in a browser. */
export interface ContractSchemas {
  /** Parameters of each command, by its name. */
  readonly commands: Readonly<Record<string, z.ZodType>>;
  readonly tables: readonly Table<never>[];
  readonly events: readonly string[];
  readonly statusCodes: Readonly<Record<string, number>>;
}

interface ContractFiles<C extends Readonly<Record<string, z.ZodType>>> {
  readonly schema: { readonly commandSchemas: C };
  readonly keys: { readonly tables: readonly Table<never>[] };
  readonly events: { readonly events: readonly string[] };
  readonly status: { readonly statusCodes: Readonly<Record<string, number>> };
}

const pendingEvents = [
  'pending.opened',
  'pending.signed',
  'pending.completed',
  'pending.rejected',
  'pending.expired',
] as const;

/** Every contract's commands, tables, events and statuses, by the contract's name. */
export const contractSchemas = {
  'party-registry': single({
    schema: registrySchema,
    keys: registryKeys,
    events: registryEvents,
    status: registryStatus,
  }),
  'purchase-order': withPending('purchase-order', {
    schema: orderSchema,
    keys: orderKeys,
    events: orderEvents,
    status: orderStatus,
  }),
  payment: single({
    schema: paymentSchema,
    keys: paymentKeys,
    events: paymentEvents,
    status: paymentStatus,
  }),
  'price-feed': single({
    schema: feedSchema,
    keys: feedKeys,
    events: feedEvents,
    status: feedStatus,
  }),
  receivable: withPending('receivable', {
    schema: claimSchema,
    keys: claimKeys,
    events: claimEvents,
    status: claimStatus,
  }),
  trace: withPending('trace', {
    schema: traceSchema,
    keys: traceKeys,
    events: traceEvents,
    status: traceStatus,
  }),
  'warehouse-receipt': withPending('warehouse-receipt', {
    schema: receiptSchema,
    keys: receiptKeys,
    events: receiptEvents,
    status: receiptStatus,
  }),
  lien: withPending('lien', {
    schema: lienSchema,
    keys: lienKeys,
    events: lienEvents,
    status: lienStatus,
  }),
  'pledge-facility': withPending('pledge-facility', {
    schema: facilitySchema,
    keys: facilityKeys,
    events: facilityEvents,
    status: facilityStatus,
  }),
  monitoring: withPending('monitoring', {
    schema: monitoringSchema,
    keys: monitoringKeys,
    events: monitoringEvents,
    status: monitoringStatus,
  }),
  governance: single({
    schema: governanceSchema,
    keys: governanceKeys,
    events: governanceEvents,
    status: governanceStatus,
  }),
  livestock: withPending('livestock', {
    schema: livestockSchema,
    keys: livestockKeys,
    events: livestockEvents,
    status: livestockStatus,
  }),
  'custody-items': withPending('custody-items', {
    schema: custodySchema,
    keys: custodyKeys,
    events: custodyEvents,
    status: custodyStatus,
  }),
} as const satisfies Readonly<Record<string, ContractSchemas>>;

export type ContractName = keyof typeof contractSchemas;
/** The parameters of a command of a contract, as they are in memory. */
export type CommandParams<
  N extends ContractName,
  C extends keyof (typeof contractSchemas)[N]['commands'],
> = (typeof contractSchemas)[N]['commands'][C] extends z.ZodType<infer P> ? P : never;

export { eventHash, eventKey, validateDocument } from '@triflow/epcis';
export { items, vaults } from './custody-items/keys.js';
export type { Item, Vault } from './custody-items/schema.js';
export { anchorHeads, anchors, features, proposals } from './governance/keys.js';
export type { Anchor, Proposal } from './governance/schema.js';
export { lienProofKeys, liens, onAsset, onAssetKey } from './lien/keys.js';
export type { AssetLien, Lien } from './lien/schema.js';
export { animals, herds, pens } from './livestock/keys.js';
export type { Animal, Herd, Pen } from './livestock/schema.js';
export { alerts, assetAlerts, batches, batchParts, devices, rules } from './monitoring/keys.js';
export { type ReadingKind, readingKinds } from './monitoring/kinds.js';
export { readingLeaf } from './monitoring/readingLeaf.js';
export {
  type Alert,
  type Batch,
  type Device,
  type Reading,
  type Rule,
  readingSchema,
} from './monitoring/schema.js';
export { affiliations, parties, viewIndexValue, views } from './party-registry/keys.js';
export type { Affiliations, Licence, Party, View } from './party-registry/schema.js';
export { obligations, proofs } from './payment/keys.js';
export type { Obligation, Proof } from './payment/schema.js';
export type { PendingRecord } from './pendingSchema.js';
export { pendingTable } from './pendingSchema.js';
export { distributions, facilities, saleParts, sales } from './pledge-facility/keys.js';
export { isLive as isFacilityLive } from './pledge-facility/lifecycle.js';
export type { Facility } from './pledge-facility/schema.js';
export { feeds, roundParts, rounds } from './price-feed/keys.js';
export type { Feed, RoundRecord } from './price-feed/schema.js';
export { deliveries, invoices, orders } from './purchase-order/keys.js';
export type { Delivery, Invoice, Order } from './purchase-order/schema.js';
export { claims, creditLines, roots } from './receivable/keys.js';
export type { Claim, CreditLine, Root } from './receivable/schema.js';
export { type BusinessRole, type Role, roles } from './roles.js';
export { indexText } from './trace/indexText.js';
export { bodies, custodies, locations, tracedLots, traceEvents, units } from './trace/keys.js';
export type { Custody, TraceEventRecord } from './trace/schema.js';
export { timeFromIndexText, timeIndexText } from './trace/timeIndexText.js';
export type { TracedLot, Unit } from './trace/unitSchema.js';
export { lots, receipts, requests } from './warehouse-receipt/keys.js';
export type { Lot, Receipt } from './warehouse-receipt/schema.js';

function single<C extends Readonly<Record<string, z.ZodType>>>(files: ContractFiles<C>) {
  return {
    commands: files.schema.commandSchemas,
    tables: files.keys.tables,
    events: files.events.events,
    statusCodes: files.status.statusCodes,
  };
}

/** A contract with countersigned commands has the mechanism's own, too. */
function withPending<C extends Readonly<Record<string, z.ZodType>>>(
  contract: string,
  files: ContractFiles<C>,
) {
  return {
    ...single(files),
    commands: { ...files.schema.commandSchemas, ...pendingCommandSchemas },
    tables: [...files.keys.tables, ...pendingTable(contract).tables],
    events: [...files.events.events, ...pendingEvents],
  };
}
