import { lots } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { createLot } from './createLot.js';
import { gateIn } from './gateIn.js';

/** Lots of goods in a warehouse (contract warehouse-receipt). */
export const lotActions = {
  get: getter(lots),
  list: lister(lots),
  waitFor: waiter(lots),
  createLot,
  gateIn,
} as const;
