import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { liveLien } from '../internal.js';
import { endLien } from '../records.js';
import { internalSchemas } from '../schema.js';

/** A case has sold the assets: the liens on them end, their holders take from the proceeds. */
export const recordEnforced = internalCommand({
  callers: ['warehouse-receipt', 'pledge-facility', 'receivable', 'livestock'],
  params: internalSchemas.record_enforced,
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
      endLien(context, lien, { state: 'ENFORCED' });
    }
    return OK;
  },
});
