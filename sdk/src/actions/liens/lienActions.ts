import { liens } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { amend } from './amend.js';
import { assertRetention } from './assertRetention.js';
import { create } from './create.js';
import { crystallise } from './crystallise.js';
import { enforce } from './enforce.js';
import { extend } from './extend.js';
import { complete, find, proveFree } from './readLiens.js';
import { recordPublicity } from './recordPublicity.js';
import { release } from './release.js';
import { reportExternal } from './reportExternal.js';

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
  amend,
  assertRetention,
  crystallise,
  enforce,
  extend,
  reportExternal,
  ...pendingActions('lien'),
} as const;
