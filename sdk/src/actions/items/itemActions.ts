import { items } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { checkOut } from './checkOut.js';
import { count } from './count.js';
import { enrol } from './enrol.js';
import { freeze } from './freeze.js';
import { handOver } from './handOver.js';
import { markOverdue } from './markOverdue.js';
import { openStocktake } from './openStocktake.js';
import { openVault } from './openVault.js';
import { putIn } from './putIn.js';
import { reconcile } from './reconcile.js';
import { register } from './register.js';
import { releaseFinal } from './releaseFinal.js';
import { returnIn } from './returnIn.js';
import { settleDifference } from './settleDifference.js';
import { sign } from './sign.js';
import { unfreeze } from './unfreeze.js';

/** Important items kept in vaults (contract custody-items). */
export const itemActions = {
  get: getter(items),
  list: lister(items),
  waitFor: waiter(items),
  checkOut,
  count,
  enrol,
  freeze,
  handOver,
  markOverdue,
  openStocktake,
  openVault,
  putIn,
  reconcile,
  register,
  releaseFinal,
  returnIn,
  settleDifference,
  sign,
  unfreeze,
  ...pendingActions('custody-items'),
} as const;
