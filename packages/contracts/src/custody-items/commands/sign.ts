import { OK, type WriteContext } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { findItem, findVault } from '../internal.js';
import { openStocktakeOf, stocktakeProblem } from '../openStocktakeOf.js';
import { itemToChange, saveItem, saveStocktake, saveVault, vaultToChange } from '../records.js';
import { commandSchemas, type Difference } from '../schema.js';
import { status } from '../statusCodes.js';

/** Keeper and auditor sign the reconciled count: what is missing or damaged stands so from now. */
export const sign = countersigned({
  who: ['KEEPER'],
  params: commandSchemas.sign,
  object: ({ vault }) => vault,
  signers: (context, { vault }) => {
    const auditor = findVault(context, vault)?.auditor;
    return auditor === undefined ? [] : [auditor];
  },
  verify: (context, { vault, stocktake }, phase) => {
    if (phase === 'open') {
      const problem = stocktakeProblem(context, vault, 'RECONCILED');
      if (problem !== undefined) return problem;
    }
    const open = findVault(context, vault)?.openStocktake;
    if (open !== stocktake) return status('state_forbids_command');
    return openStocktakeOf(context, vault).state === 'RECONCILED'
      ? OK
      : status('state_forbids_command');
  },
  execute: (context, { vault: id }) => {
    const stocktake = openStocktakeOf(context, id);
    for (const difference of stocktake.differences) noteDifference(context, difference);
    saveStocktake(context, { ...stocktake, state: 'SIGNED', signedAt: context.timeMs });
    const { openStocktake: _, ...vault } = vaultToChange(context, id);
    const openDifferences = vault.openDifferences + stocktake.differences.length;
    const { version } = saveVault(context, { ...vault, openDifferences });
    const { number, counted, bookItems } = stocktake;
    const differences = stocktake.differences.length;
    const data = { version, number, counted, bookItems, differences };
    context.emit('stocktake.signed', id, { ...data, openDifferences });
    return OK;
  },
});

function noteDifference(context: WriteContext, { kind, item }: Difference): void {
  if (kind !== 'missing' && kind !== 'damaged') return;
  if (findItem(context, item) === undefined) return;
  const before = itemToChange(context, item);
  const state = kind === 'missing' ? ('MISSING' as const) : ('DAMAGED' as const);
  saveItem(context, before, { ...before, state });
}
