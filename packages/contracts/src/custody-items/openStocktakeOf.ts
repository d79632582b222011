import { defined, type ReadContext, type Status } from '@triflow/protocol';
import { findVault } from './internal.js';
import { numbered, stocktakes } from './keys.js';
import { stocktakeToChange } from './records.js';
import type { Stocktake } from './schema.js';
import { status } from './statusCodes.js';

/** The stocktake of a vault that is open, where the guards have found it. */
export function openStocktakeOf(context: ReadContext, vault: string): Stocktake {
  const number = findVault(context, vault)?.openStocktake;
  return stocktakeToChange(context, vault, defined(number, 'custody-items: an open stocktake'));
}

/** Why the sender cannot go on with a stocktake: no such vault, not its keeper, not open. */
export function stocktakeProblem(
  context: ReadContext,
  vault: string,
  state: Stocktake['state'],
): Status | undefined {
  const found = findVault(context, vault);
  if (found === undefined) return status('object_not_found');
  if (found.keeper !== context.sender) return status('signer_not_party_to_object');
  if (found.openStocktake === undefined) return status('state_forbids_command');
  const open = context.get(stocktakes, ...numbered(vault, found.openStocktake));
  return open?.state === state ? undefined : status('state_forbids_command');
}
