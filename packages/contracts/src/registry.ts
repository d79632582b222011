import { custodyItems } from './custody-items/index.js';
import type { DefinedContract } from './defineContract.js';
import { governanceOf } from './governance/index.js';
import { lien } from './lien/index.js';
import { livestock } from './livestock/index.js';
import { monitoring } from './monitoring/index.js';
import { partyRegistry } from './party-registry/index.js';
import { payment } from './payment/index.js';
import { pledgeFacility } from './pledge-facility/index.js';
import { priceFeed } from './price-feed/index.js';
import { purchaseOrder } from './purchase-order/index.js';
import { receivable } from './receivable/index.js';
import { trace } from './trace/index.js';
import { warehouseReceipt } from './warehouse-receipt/index.js';

const businessContracts: readonly DefinedContract[] = [
  partyRegistry,
  purchaseOrder,
  payment,
  priceFeed,
  receivable,
  trace,
  warehouseReceipt,
  lien,
  pledgeFacility,
  monitoring,
  livestock,
  custodyItems,
];

/** Every contract that this program has; genesis says which of them a chain runs. */
export const allContracts: readonly DefinedContract[] = [
  ...businessContracts,
  governanceOf(businessContracts),
];
