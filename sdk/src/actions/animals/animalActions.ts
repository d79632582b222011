import { animals } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { bindTag } from './bindTag.js';
import { cull } from './cull.js';
import { freeze } from './freeze.js';
import { mortgage } from './mortgage.js';
import { openPen } from './openPen.js';
import { place } from './place.js';
import { recordCount } from './recordCount.js';
import { register } from './register.js';
import { reportDeath } from './reportDeath.js';
import { reportFound } from './reportFound.js';
import { reportMissing } from './reportMissing.js';
import { retag } from './retag.js';
import { sell } from './sell.js';
import { setCurve } from './setCurve.js';
import { substitute } from './substitute.js';
import { unfreeze } from './unfreeze.js';

/** Living animals, their pens and their mortgages (contract livestock). */
export const animalActions = {
  get: getter(animals),
  list: lister(animals),
  waitFor: waiter(animals),
  bindTag,
  cull,
  freeze,
  mortgage,
  openPen,
  place,
  recordCount,
  register,
  reportDeath,
  reportFound,
  reportMissing,
  retag,
  sell,
  setCurve,
  substitute,
  unfreeze,
  ...pendingActions('livestock'),
} as const;
