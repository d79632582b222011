import type { ReadContext } from '@triflow/protocol';
import { items, vaults } from './keys.js';
import type { Item, Vault } from './schema.js';

export type { Item, Vault } from './schema.js';

/** What other contracts may use: these readers. It has no internal commands. */

/** An item's record, or undefined. */
export function findItem(context: Pick<ReadContext, 'get'>, id: string): Item | undefined {
  return context.get(items, id);
}

/** A vault's record, or undefined. */
export function findVault(context: Pick<ReadContext, 'get'>, id: string): Vault | undefined {
  return context.get(vaults, id);
}
