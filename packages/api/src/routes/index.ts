import { accessRoutes } from './access.js';
import { blockRoutes } from './blocks.js';
import { chainRoutes } from './chain.js';
import { eventRoutes } from './events.js';
import { evidenceRoutes } from './evidence.js';
import { objectRoutes } from './objects.js';
import { docsRoutes, operationRoutes } from './operations.js';
import { queryRoutes } from './queries.js';
import { searchRoutes } from './search.js';
import { stateRoutes } from './state.js';
import { traceRoutes } from './trace.js';
import { transactionRoutes } from './transactions.js';

export * from './access.js';
export * from './base64Url.js';
export * from './blocks.js';
export * from './chain.js';
export * from './epcis.js';
export * from './epcisForm.js';
export * from './eventCursor.js';
export * from './events.js';
export * from './evidence.js';
export * from './fields.js';
export * from './objects.js';
export * from './operations.js';
export * from './problem.js';
export * from './queries.js';
export * from './route.js';
export * from './search.js';
export * from './state.js';
export * from './trace.js';
export * from './transactions.js';

/** Every route of the API's port, by name. */
export const routes = {
  ...transactionRoutes,
  ...accessRoutes,
  ...objectRoutes,
  ...stateRoutes,
  ...searchRoutes,
  ...blockRoutes,
  ...chainRoutes,
  ...queryRoutes,
  ...traceRoutes,
  ...evidenceRoutes,
  ...eventRoutes,
  ...docsRoutes,
} as const;

/** Every route of the operations port, by name. */
export const opsRoutes = operationRoutes;
