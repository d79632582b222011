import { custodies, traceEvents } from '@triflow/contracts/schemas';
import { getter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { handOver } from './handOver.js';
import { linkEventToLot } from './linkEventToLot.js';
import { recordEvent } from './recordEvent.js';
import { refuse } from './refuse.js';
import { registerLocation } from './registerLocation.js';
import { releaseLocation } from './releaseLocation.js';

/** Goods and their events (contract trace). */
export const traceActions = {
  get: getter(traceEvents),
  getCustody: getter(custodies),
  recordEvent,
  linkEventToLot,
  registerLocation,
  releaseLocation,
  handOver,
  refuse,
  ...pendingActions('trace'),
} as const;
