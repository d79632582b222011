import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findVault } from '../internal.js';
import { saveStocktake, saveVault, vaultToChange } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper opens a count over a snapshot of the book; until it is signed nothing moves. */
export const openStocktake = command({
  who: ['KEEPER'],
  params: commandSchemas.open_stocktake,
  verify: (context, { vault }) => {
    const found = findVault(context, vault);
    if (found === undefined) return status('object_not_found');
    if (found.keeper !== context.sender) return status('signer_not_party_to_object');
    if (found.pending !== undefined) return status('object_has_pending_command');
    return found.openStocktake === undefined ? OK : status('stocktake_is_open');
  },
  execute: (context, { vault: id, blind }) => {
    const vault = vaultToChange(context, id);
    const number = vault.stocktakes + 1;
    const { version } = saveVault(context, { ...vault, stocktakes: number, openStocktake: number });
    saveStocktake(context, {
      vault: id,
      number,
      keeper: context.sender,
      blind,
      state: 'OPEN',
      height: context.height,
      bookItems: vault.items,
      movements: vault.movements,
      counted: 0,
      booked: 0,
      differences: [],
      openedAt: context.timeMs,
    });
    const bookItems = vault.items;
    context.emit('stocktake.opened', id, { version, number, blind, bookItems });
    return OK;
  },
});
