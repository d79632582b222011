import { OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { type HandOverWays, lotHandOver } from '../lotHandOver.js';
import { commandSchemas } from '../schema.js';
import { unitHandOver } from '../unitHandOver.js';

/**
 * The custodian hands a warehouse's lot or a tree of units on; the receiver signs after. Events
 * are its evidence.
 */
export const handOver = countersigned({
  who: 'anyone',
  params: commandSchemas.hand_over,
  object: ({ id }) => id,
  signers: (_context, { receiver }) => [receiver],
  verify: (context, params, phase) => waysOf(params.id).problem(context, params, phase) ?? OK,
  hold: {
    open: (context, params, pendingId) => waysOf(params.id).hold(context, params, pendingId),
    restore: (context, { id }) => waysOf(id).restore(context, id),
  },
  execute: (context, params) => {
    waysOf(params.id).change(context, params);
    return OK;
  },
});

function waysOf(id: string): HandOverWays {
  return id.startsWith('vu_') ? unitHandOver : lotHandOver;
}
