import { OK } from '@triflow/protocol';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { findItem, findVault } from '../internal.js';
import { vaults } from '../keys.js';
import { commandSchemas, type Vault } from '../schema.js';
import { status } from '../statusCodes.js';

/** An approver opens a vault; its first keeper and its auditor sign after. */
export const openVault = countersigned({
  who: ['APPROVER'],
  params: commandSchemas.open_vault,
  object: ({ id }) => id,
  signers: (_context, { keeper, auditor }) => [keeper, auditor],
  verify: (context, { id, keeper, auditor }) => {
    const taken = findVault(context, id) !== undefined || findItem(context, id) !== undefined;
    if (taken) return status('id_already_exists');
    if (keeper === auditor) return status('parties_must_differ');
    const fit = hasRole(context, keeper, 'KEEPER') && hasRole(context, auditor, 'AUDITOR');
    return fit ? OK : status('reference_not_found');
  },
  execute: (context, { id, name, keeper, auditor }, openedBy) => {
    const counts = { items: 0, movements: 0, openDifferences: 0, stocktakes: 0 };
    const vault: Vault = { id, name, keeper, auditor, openedBy, ...counts, version: 1 };
    context.put(vaults, [id], vault);
    context.emit('vault.opened', id, { version: 1, name, keeper, auditor, openedBy });
    return OK;
  },
});
