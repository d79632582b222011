export { commandProblem } from './commandProblem.js';
export { custodyItems } from './custody-items/index.js';
export {
  type CommandDefinition,
  type ContractDefinition,
  type DefinedContract,
  defineContract,
} from './defineContract.js';
export { foldText } from './foldText.js';
export { lien } from './lien/index.js';
export { opposable, ordinaryBuyer, rank, securedSum } from './lien/internal.js';
export { livestock } from './livestock/index.js';
export { monitoring } from './monitoring/index.js';
export { partyRegistry } from './party-registry/index.js';
export { payment } from './payment/index.js';
export { pledgeFacility } from './pledge-facility/index.js';
export { priceFeed } from './price-feed/index.js';
export { purchaseOrder } from './purchase-order/index.js';
export { receivable } from './receivable/index.js';
export { allContracts } from './registry.js';
export { type BusinessRole, type Role, roles } from './roles.js';
export { trace } from './trace/index.js';
export { indexText } from './trace/indexText.js';
export { views } from './views/index.js';
export { warehouseReceipt } from './warehouse-receipt/index.js';
