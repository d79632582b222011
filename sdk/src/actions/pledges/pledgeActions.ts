import { facilities } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { addItem } from './addItem.js';
import { apply } from './apply.js';
import { attestControl } from './attestControl.js';
import { cureCash } from './cureCash.js';
import { cureGoods } from './cureGoods.js';
import { declareDefault } from './declareDefault.js';
import { distribute } from './distribute.js';
import { draw } from './draw.js';
import { earlySale } from './earlySale.js';
import { failCure } from './failCure.js';
import { openEnforcement } from './openEnforcement.js';
import { recordCosts } from './recordCosts.js';
import { recordSale } from './recordSale.js';
import { releaseItem } from './releaseItem.js';
import { repay } from './repay.js';
import { repayAndRelease } from './repayAndRelease.js';
import { revalue } from './revalue.js';
import { signAgreement } from './signAgreement.js';
import { stateClaim } from './stateClaim.js';
import { substitute } from './substitute.js';

/** Pledge facilities (contract pledge-facility). */
export const pledgeActions = {
  get: getter(facilities),
  list: lister(facilities),
  waitFor: waiter(facilities),
  apply,
  signAgreement,
  attestControl,
  draw,
  revalue,
  recordCosts,
  repay,
  cureCash,
  addItem,
  cureGoods,
  releaseItem,
  substitute,
  failCure,
  earlySale,
  declareDefault,
  openEnforcement,
  stateClaim,
  recordSale,
  distribute,
  repayAndRelease,
  ...pendingActions('pledge-facility'),
} as const;
