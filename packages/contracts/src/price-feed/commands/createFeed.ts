import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { feeds } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR sets up a feed: what is priced, by which oracles, and how many must agree. */
export const createFeed = command({
  who: ['GOVERNOR'],
  params: commandSchemas.create_feed,
  verify: (context, { id, oracles, quorum }) => {
    if (context.get(feeds, id) !== undefined) return status('id_already_exists');
    if (new Set(oracles).size !== oracles.length) return status('oracle_named_twice');
    if (!oracles.every((oracle) => hasRole(context, oracle, 'ORACLE'))) {
      return status('reference_not_found');
    }
    const least = Math.floor(oracles.length / 2) + 1;
    return quorum < least || quorum > oracles.length ? status('quorum_out_of_range') : OK;
  },
  execute: (context, params) => {
    const { id, sku, currency, unit, scale, oracles, quorum } = params;
    context.put(feeds, [id], { ...params, lastRound: 0, state: 'OPEN', version: 1 });
    const data = { version: 1, sku, currency, unit, scale, oracles, quorum, state: 'OPEN' };
    context.emit('feed.created', id, data);
    return OK;
  },
});
