import { proposals } from '@triflow/contracts/schemas';
import { contractActions } from '../contractActions.js';
import { getter, lister, waiter } from '../objects.js';

/** Proposals about validators, observers, parameters and features (contract governance). */
export const governanceActions = {
  get: getter(proposals),
  list: lister(proposals),
  waitFor: waiter(proposals),
  ...contractActions('governance'),
} as const;
