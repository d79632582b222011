import { OK } from '@triflow/protocol';
import { type InternalDefinition, internalCommand } from '../defineContract.js';
import { isStatus } from '../status.js';
import { liveLien } from './internal.js';
import { endLien } from './records.js';
import { internalSchemas } from './schema.js';

/** Another contract's step that ends liens, each of which must still stand. */
export function endLiens(state: 'RELEASED' | 'ENFORCED'): InternalDefinition {
  return internalCommand({
    callers: ['warehouse-receipt', 'pledge-facility', 'receivable', 'livestock'],
    params: state === 'RELEASED' ? internalSchemas.record_release : internalSchemas.record_enforced,
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
        endLien(context, lien, { state });
      }
      return OK;
    },
  });
}
