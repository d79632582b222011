import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findLien } from '../internal.js';
import { claimProblem } from '../lineage.js';
import { createLien, joinProblem } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Another contract charges an asset of its own: the one exclusive lien on it, which holds the
 * goods of that stage. `controlBy` is the keeper whose countersignature passes control (441),
 * `noticeAt` when the debtor of a claim had notice (546).
 */
export const createExclusive = internalCommand({
  callers: ['warehouse-receipt', 'receivable', 'livestock'],
  params: internalSchemas.create_exclusive,
  verify: (context, { id, asset, holder }) =>
    firstProblem(
      () => (findLien(context, id) === undefined ? OK : status('id_already_exists')),
      () => joinProblem(context, asset.id, { exclusive: true }),
      () => claimProblem(context, { stage: asset.id, by: id, holder }),
    ),
  execute: (context, { controlBy, noticeAt, ...terms }) => {
    const control = controlBy === undefined ? {} : { controlAt: context.timeMs, controlBy };
    const notice = noticeAt === undefined ? {} : { noticeAt };
    createLien(context, { ...terms, exclusive: true, publicity: { ...control, ...notice } });
    return OK;
  },
});
