import { lots } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { count } from './count.js';
import { createLot } from './createLot.js';
import { gateIn } from './gateIn.js';
import { openStocktake } from './openStocktake.js';
import { reconcile } from './reconcile.js';
import { signStocktake } from './signStocktake.js';

/** Lots of goods in a warehouse (contract warehouse-receipt). */
export const lotActions = {
  get: getter(lots),
  list: lister(lots),
  waitFor: waiter(lots),
  createLot,
  gateIn,
  count,
  openStocktake,
  reconcile,
  signStocktake,
} as const;
