import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { liveLien } from '../internal.js';
import { endLien } from '../records.js';
import { internalSchemas } from '../schema.js';

/** Burdens end: their holder released them, or the goods left with its consent. */
export const recordRelease = internalCommand({
  callers: ['warehouse-receipt', 'pledge-facility', 'receivable', 'livestock'],
  params: internalSchemas.record_release,
  verify: (context, params) => {
    for (const id of params.ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
    }
    return OK;
  },
  execute: (context, params) => {
    for (const id of params.ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
      endLien(context, lien, { state: 'RELEASED' });
    }
    return OK;
  },
});
