import { custodies, tracedLots, traceEvents, units } from '@triflow/contracts/schemas';
import { getter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { agreeSupply } from './agreeSupply.js';
import { associate } from './associate.js';
import { commission } from './commission.js';
import { destroy } from './destroy.js';
import { directSupply } from './directSupply.js';
import { dispense } from './dispense.js';
import { dissociate } from './dissociate.js';
import { fileReport } from './fileReport.js';
import { freeze } from './freeze.js';
import { handOver } from './handOver.js';
import { linkEventToLot } from './linkEventToLot.js';
import { openLot } from './openLot.js';
import { pack } from './pack.js';
import { qaRelease } from './qaRelease.js';
import { quarantine } from './quarantine.js';
import { recall } from './recall.js';
import { receive } from './receive.js';
import { recordEvent } from './recordEvent.js';
import { refuse } from './refuse.js';
import { refuseLot } from './refuseLot.js';
import { registerLocation } from './registerLocation.js';
import { releaseLocation } from './releaseLocation.js';
import { releaseLot } from './releaseLot.js';
import { reportLost } from './reportLost.js';
import { ship } from './ship.js';
import { transform } from './transform.js';
import { unfreeze } from './unfreeze.js';
import { unpack } from './unpack.js';

/** Goods and their events (contract trace). */
export const traceActions = {
  get: getter(traceEvents),
  getCustody: getter(custodies),
  getUnit: getter(units),
  getTracedLot: getter(tracedLots),
  recordEvent,
  linkEventToLot,
  registerLocation,
  releaseLocation,
  handOver,
  refuse,
  agreeSupply,
  associate,
  commission,
  destroy,
  directSupply,
  dispense,
  dissociate,
  fileReport,
  freeze,
  openLot,
  pack,
  qaRelease,
  quarantine,
  recall,
  receive,
  refuseLot,
  releaseLot,
  reportLost,
  ship,
  transform,
  unfreeze,
  unpack,
  ...pendingActions('trace'),
} as const;
