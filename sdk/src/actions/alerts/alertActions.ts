import { alerts } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { acknowledge } from './acknowledge.js';
import { escalate } from './escalate.js';
import { markFalse } from './markFalse.js';
import { resolve } from './resolve.js';

/** Alerts (contract monitoring). */
export const alertActions = {
  get: getter(alerts),
  list: lister(alerts),
  waitFor: waiter(alerts),
  acknowledge,
  escalate,
  resolve,
  markFalse,
  ...pendingActions('monitoring'),
} as const;
