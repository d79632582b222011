import { devices } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { anchorBatch } from './anchorBatch.js';
import { bindDevice } from './bindDevice.js';
import { checkSilence } from './checkSilence.js';
import { getBatch } from './getBatch.js';
import { submitBatch } from './submitBatch.js';
import { unbindDevice } from './unbindDevice.js';

/** Devices (contract monitoring). */
export const deviceActions = {
  get: getter(devices),
  list: lister(devices),
  waitFor: waiter(devices),
  getBatch,
  bindDevice,
  unbindDevice,
  submitBatch,
  anchorBatch,
  checkSilence,
  ...pendingActions('monitoring'),
} as const;
