import { isOk, OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { findLien, liveLien } from '../internal.js';
import { createLien, endLien, joinProblem } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The lien follows every part of a split asset, with its publicity (L5, Interp. 38). */
export const move = internalCommand({
  callers: ['warehouse-receipt', 'receivable'],
  params: internalSchemas.move,
  verify: (context, params) => {
    const lien = liveLien(context, params.id);
    if (isStatus(lien)) return lien;
    const isSold = lien.class === 'FACTORING' || lien.class === 'ASSIGNMENT';
    if (params.holder !== undefined && !isSold) return status('state_forbids_command');
    for (const part of params.to) {
      if (findLien(context, part.id) !== undefined) return status('id_already_exists');
      const terms = { exclusive: lien.exclusive };
      const problem = joinProblem(context, part.asset.id, terms);
      if (!isOk(problem)) return problem;
    }
    return OK;
  },
  execute: (context, params) => {
    const lien = liveLien(context, params.id);
    if (isStatus(lien)) return lien;
    endLien(context, lien, { state: 'MOVED', children: params.to.map((part) => part.id) });
    for (const part of params.to) {
      const { class: lienClass, grantor, securedMax, debtRef, exclusive } = lien;
      const holder = params.holder ?? lien.holder;
      const { publicity, origin, basis, createdAt } = lien;
      const terms = { class: lienClass, grantor, holder, securedMax, debtRef, exclusive };
      const former = { publicity, origin, basis, createdAt, parent: lien.id };
      createLien(context, { ...terms, ...former, ...part });
    }
    return OK;
  },
});
