import { OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { countersigned } from '../../pending.js';
import { findItem, findVault } from '../internal.js';
import { numbered, slots, stocktakes } from '../keys.js';
import {
  itemToChange,
  saveItem,
  saveStocktake,
  saveVault,
  stocktakeToChange,
  vaultToChange,
} from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.settle_difference>;

/** Keeper and auditor close a difference on evidence: where the item is now, or that it is gone. */
export const settleDifference = countersigned<Params>({
  who: ['KEEPER'],
  params: commandSchemas.settle_difference,
  object: ({ vault }) => vault,
  signers: (context, { vault }) => {
    const auditor = findVault(context, vault)?.auditor;
    return auditor === undefined ? [] : [auditor];
  },
  verify: (context, params, phase) => {
    const vault = findVault(context, params.vault);
    if (vault === undefined) return status('object_not_found');
    if (phase === 'open' && vault.keeper !== context.sender) {
      return status('signer_not_party_to_object');
    }
    const found = context.get(stocktakes, ...numbered(params.vault, params.stocktake));
    const open = found?.state === 'SIGNED' && found.differences.some((one) => isOpen(one, params));
    if (!open) return status('reference_not_found');
    return slotProblem(context, params) ?? OK;
  },
  execute: (context, params) => {
    const { vault: id, stocktake: number, item, kind, slot, evidence } = params;
    const stocktake = stocktakeToChange(context, id, number);
    const differences = stocktake.differences.map((one) =>
      isOpen(one, params) ? { ...one, settled: true } : one,
    );
    saveStocktake(context, { ...stocktake, differences });
    relocate(context, params);
    const vault = vaultToChange(context, id);
    const openDifferences = vault.openDifferences - 1;
    const { version } = saveVault(context, { ...vault, openDifferences });
    const data = { version, number, item, kind, slot, evidence, openDifferences };
    context.emit('difference.settled', id, data);
    return OK;
  },
});

function isOpen(
  one: { readonly kind: string; readonly item: string; readonly settled: boolean },
  { kind, item }: Params,
): boolean {
  return one.kind === kind && one.item === item && !one.settled;
}

/** The slot named is free, or the item's own already (K1). */
function slotProblem(context: ReadContext, { vault, slot, item }: Params): Status | undefined {
  if (slot === undefined) return undefined;
  const holder = context.get(slots, vault, slot)?.item;
  return holder === undefined || holder === item ? undefined : status('slot_is_taken');
}

/** An item of this vault's book stands where it was found; an extra one is no item of the book. */
function relocate(context: WriteContext, { vault, slot, item: id }: Params): void {
  if (slot === undefined || findItem(context, id)?.vault !== vault) return;
  const item = itemToChange(context, id);
  const held = item.state === 'IN_VAULT' || item.state === 'MISSING' || item.state === 'DAMAGED';
  if (!held) return;
  if (item.slot !== undefined) context.remove(slots, vault, item.slot);
  context.put(slots, [vault, slot], { item: id });
  saveItem(context, item, { ...item, slot, state: 'IN_VAULT' });
}
