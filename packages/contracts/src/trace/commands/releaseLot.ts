import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { awaitedProblem, markRelease } from '../lotRelease.js';
import { commandSchemas } from '../schema.js';

/** The batch release authority (批签发机构) releases a lot with its certificate (V 26). */
export const releaseLot = command({
  who: ['LOT_RELEASE'],
  params: commandSchemas.release_lot,
  verify: (context, { id, expectedVersion }) => awaitedProblem(context, id, expectedVersion) ?? OK,
  execute: (context, { id, certificate }) => {
    markRelease(context, id, { state: 'RELEASED', certificate });
    return OK;
  },
});
