import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { findLien } from '../internal.js';
import { createLien, joinProblem } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Another contract charges an asset of its own: the one exclusive lien on it. `controlBy` is the
 * keeper whose countersignature passes control (441).
 */
export const createExclusive = internalCommand({
  callers: ['warehouse-receipt'],
  params: internalSchemas.create_exclusive,
  verify: (context, { id, asset }) => {
    if (findLien(context, id) !== undefined) return status('id_already_exists');
    return joinProblem(context, asset.id, { exclusive: true, junior: false });
  },
  execute: (context, { controlBy, ...terms }) => {
    const control = controlBy === undefined ? {} : { controlAt: context.timeMs, controlBy };
    createLien(context, { ...terms, exclusive: true, publicity: control });
    return OK;
  },
});
