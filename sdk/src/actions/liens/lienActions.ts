import { liens } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { create } from './create.js';
import { complete, find, proveFree } from './readLiens.js';
import { recordPublicity } from './recordPublicity.js';
import { release } from './release.js';

/** The register of liens (contract lien). */
export const lienActions = {
  get: getter(liens),
  list: lister(liens),
  waitFor: waiter(liens),
  find,
  complete,
  proveFree,
  create,
  recordPublicity,
  release,
  ...pendingActions('lien'),
} as const;
