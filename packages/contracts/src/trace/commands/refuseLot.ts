import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { awaitedProblem, markRelease } from '../lotRelease.js';
import { commandSchemas } from '../schema.js';

/** The batch release authority refuses a lot and says why: its units are BLOCKED (V 26). */
export const refuseLot = command({
  who: ['LOT_RELEASE'],
  params: commandSchemas.refuse_lot,
  verify: (context, { id, expectedVersion }) => awaitedProblem(context, id, expectedVersion) ?? OK,
  execute: (context, { id, certificate, reason }) => {
    markRelease(context, id, { state: 'REFUSED', certificate, reason });
    return OK;
  },
});
