import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { liveLien } from '../internal.js';
import { publish } from '../records.js';
import { internalSchemas } from '../schema.js';

/** The supervisor attests control of pledged goods (Interp. 55); a second time changes nothing. */
export const recordControl = internalCommand({
  callers: ['pledge-facility'],
  params: internalSchemas.record_control,
  verify: (context, params) => {
    for (const id of params.ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
    }
    return OK;
  },
  execute: (context, { ids, controlBy }) => {
    for (const id of ids) {
      const lien = liveLien(context, id);
      if (isStatus(lien)) return lien;
      if (lien.publicity.controlAt !== undefined) continue;
      publish(context, lien, { ...lien.publicity, controlAt: context.timeMs, controlBy });
    }
    return OK;
  },
});
