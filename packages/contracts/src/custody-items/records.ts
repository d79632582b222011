import { defined, type ReadContext, textFromTxId, type WriteContext } from '@triflow/protocol';
import { items, movements, numbered, stocktakes, vaults } from './keys.js';
import type { Item, Movement, Stocktake, Vault } from './schema.js';

/** The record of an item that the guards have found. */
export function itemToChange(context: ReadContext, id: string): Item {
  return defined(context.get(items, id), `custody-items: ${id} was found by its guards`);
}

/** The record of a vault that the guards have found. */
export function vaultToChange(context: ReadContext, id: string): Vault {
  return defined(context.get(vaults, id), `custody-items: ${id} was found by its guards`);
}

/** The record of a stocktake that the guards have found. */
export function stocktakeToChange(context: ReadContext, vault: string, number: number): Stocktake {
  const found = context.get(stocktakes, ...numbered(vault, number));
  return defined(found, `custody-items: stocktake ${number} of ${vault} was found by its guards`);
}

/** Writes an item with one version more, and keeps the number of items in its vault. */
export function saveItem(context: WriteContext, before: Item, after: Item): Item {
  const saved = { ...after, version: before.version + 1 };
  context.put(items, [after.id], saved);
  const change = Number(after.state === 'IN_VAULT') - Number(before.state === 'IN_VAULT');
  if (change !== 0) {
    const vault = vaultToChange(context, after.vault);
    saveVault(context, { ...vault, items: vault.items + change });
  }
  return saved;
}

/** Writes a vault with one version more. */
export function saveVault(context: WriteContext, vault: Vault): Vault {
  const saved = { ...vault, version: vault.version + 1 };
  context.put(vaults, [vault.id], saved);
  return saved;
}

/** Writes a stocktake. */
export function saveStocktake(context: WriteContext, stocktake: Stocktake): void {
  context.put(stocktakes, numbered(stocktake.vault, stocktake.number), stocktake);
}

/** Notes a way through the door with its keepers and its approval (K3), and moves the item. */
export function moveItem(
  context: WriteContext,
  after: Item,
  movement: Pick<Movement, 'kind' | 'keepers' | 'approver'> &
    Partial<Pick<Movement, 'slot' | 'to' | 'due'>>,
): void {
  const before = itemToChange(context, after.id);
  const count = before.movements + 1;
  context.put(movements, numbered(after.id, count), {
    item: after.id,
    vault: after.vault,
    ...movement,
    tx: textFromTxId(context.txId),
    at: context.timeMs,
  });
  const { version, state } = saveItem(context, before, { ...after, movements: count });
  const vault = vaultToChange(context, after.vault);
  saveVault(context, { ...vault, movements: vault.movements + 1 });
  context.emit('item.moved', after.id, { version, state, ...movement, vault: after.vault });
}

/** What a countersigned command leaves on an item between its signatures (R9). */
export function holdItem(command: string) {
  return {
    open: (context: WriteContext, { id }: { readonly id: string }, pendingId: string) => {
      const item = itemToChange(context, id);
      saveItem(context, item, { ...item, pending: { command, pendingId } });
    },
    restore: (context: WriteContext, { id }: { readonly id: string }) => {
      const { pending: _, ...item } = itemToChange(context, id);
      saveItem(context, item, item);
    },
  };
}

/** What a countersigned command leaves on a vault between its signatures (R9). */
export function holdVault(command: string) {
  return {
    open: (context: WriteContext, { vault }: { readonly vault: string }, pendingId: string) => {
      saveVault(context, { ...vaultToChange(context, vault), pending: { command, pendingId } });
    },
    restore: (context: WriteContext, { vault }: { readonly vault: string }) => {
      const { pending: _, ...before } = vaultToChange(context, vault);
      saveVault(context, before);
    },
  };
}
