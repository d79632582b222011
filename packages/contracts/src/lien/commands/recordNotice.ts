import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { liveLien } from '../internal.js';
import { publish } from '../records.js';
import { internalSchemas } from '../schema.js';

/** Notice of the assignment reached the debtor (546); the first notice counts (768). */
export const recordNotice = internalCommand({
  callers: ['receivable'],
  params: internalSchemas.record_notice,
  verify: (context, params) => {
    for (const id of params.ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
    }
    return OK;
  },
  execute: (context, { ids, noticeAt }) => {
    for (const id of ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
      if (lien.publicity.noticeAt !== undefined) continue;
      publish(context, lien, { ...lien.publicity, noticeAt });
    }
    return OK;
  },
});
