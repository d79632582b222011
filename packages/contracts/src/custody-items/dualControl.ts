import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { hasRole, signingPerson } from '../party-registry/internal.js';
import { findItem, findVault } from './internal.js';
import { persons } from './keys.js';
import type { ItemState } from './schema.js';
import { status } from './statusCodes.js';

export interface MoveParams {
  readonly id: string;
  readonly expectedVersion: number;
  readonly second: PartyId;
  readonly approver: PartyId;
}

/**
 * The guards of every way through the door, in the documented order: the item is there, the
 * vault's keeper signs, nothing stops it, its state allows, and three different persons sign.
 */
export function moveProblem(
  context: ReadContext,
  { id, expectedVersion, second, approver }: MoveParams,
  { states, phase }: { readonly states: readonly ItemState[]; readonly phase: 'open' | 'final' },
): Status | undefined {
  const item = findItem(context, id);
  if (item === undefined) return status('object_not_found');
  const vault = findVault(context, item.vault);
  if (vault === undefined) return status('object_not_found');
  if (phase === 'open' && vault.keeper !== context.sender) {
    return status('signer_not_party_to_object');
  }
  if (isFrozenAt(item, context.timeMs)) return status('object_is_frozen');
  const waits = item.pending !== undefined || vault.pending !== undefined;
  if (waits) return status('object_has_pending_command');
  if (vault.openStocktake !== undefined) return status('stocktake_is_open');
  if (!states.includes(item.state)) return status('state_forbids_command');
  if (phase === 'open' && item.version !== expectedVersion) {
    return status('object_version_is_stale');
  }
  return personsProblem(context, vault, second, approver);
}

/** Two keepers who are two persons, and an approver who is neither, by their enrolled persons. */
export function personsProblem(
  context: ReadContext,
  vault: { readonly id: string; readonly keeper: PartyId },
  second: PartyId,
  approver: PartyId,
): Status | undefined {
  const first = personOf(context, vault.id, vault.keeper);
  const other = personOf(context, vault.id, second);
  const keeps = hasRole(context, vault.keeper, 'KEEPER') && hasRole(context, second, 'KEEPER');
  if (!keeps || first === undefined || other === undefined || first === other) {
    return status('dual_control_missing');
  }
  const approving = personOf(context, vault.id, approver);
  if (approving === undefined || !hasRole(context, approver, 'APPROVER')) {
    return status('dual_control_missing');
  }
  const isKeeper = approving === first || approving === other;
  return isKeeper ? status('approver_is_keeper') : undefined;
}

/**
 * Each signature at the door is the enrolled person's own: a key that names another person than
 * the one enrolled for its party is refused. A key that names nobody speaks for the enrolled one.
 */
export function signatureProblem(context: ReadContext, vault: string | undefined): Status {
  const holder = signingPerson(context);
  if (holder === undefined || vault === undefined) return OK;
  const own = holder === personOf(context, vault, context.sender);
  return own ? OK : status('dual_control_missing');
}

/** As `signatureProblem`, at the door of the vault that an item belongs to. */
export function itemSignatureProblem(
  context: ReadContext,
  { id }: { readonly id: string },
): Status {
  return signatureProblem(context, findItem(context, id)?.vault);
}

/** The person enrolled behind a party at a vault, or undefined. */
export function personOf(context: ReadContext, vault: string, party: PartyId): string | undefined {
  return context.get(persons, vault, party)?.personRef;
}
