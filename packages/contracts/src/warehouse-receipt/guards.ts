import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { firstProblem, versionIs } from '../params.js';
import { findLot, isStopped } from './internal.js';
import { isPending } from './lifecycle.js';
import { loadReceipt } from './records.js';
import type { OpenState, Receipt } from './schema.js';
import { status } from './statusCodes.js';

export type Phase = 'open' | 'final';

/** The receipt waits for nobody's signature, and no order stops it or its lot (R9, R11). */
export function movableProblem(context: ReadContext, receipt: Receipt): Status {
  if (isStopped(context, receipt)) return status('object_is_frozen');
  return isPending(receipt.state) ? status('object_has_pending_command') : OK;
}

/**
 * The guards of every command that a holder opens, in the documented order: holder, freeze, other
 * pending command, state, version. The last two signatures later the version is not asked again.
 */
export function holderProblem(
  context: ReadContext,
  receipt: Receipt,
  command: {
    readonly phase: Phase;
    readonly states: readonly OpenState[];
    readonly expectedVersion: number;
  },
): Status {
  const { phase, states, expectedVersion } = command;
  return firstProblem(
    () => holderSigns(context, receipt, phase),
    () => movableProblem(context, receipt),
    () => (states.some((state) => state === receipt.state) ? OK : status('receipt_not_free')),
    () => versionProblem(receipt, expectedVersion, phase),
  );
}

/** Who signs after the holder: the lender if the receipt is pledged, and last the keeper. */
export function lenderAndKeeper(
  context: ReadContext,
  params: { readonly id: string },
): readonly PartyId[] {
  const { lender, warehouse } = loadReceipt(context, params.id);
  return lender === undefined ? [warehouse] : [lender, warehouse];
}

/** A holder's command on goods that stay or leave: the holder's guards, then the fee due (903). */
export function goodsProblem(
  context: ReadContext,
  receipt: Receipt,
  command: { readonly phase: Phase; readonly expectedVersion: number },
): Status {
  return firstProblem(
    () => holderProblem(context, receipt, { ...command, states: ['FREE', 'PLEDGED'] }),
    () => (receipt.feeDue === undefined ? OK : status('storage_fee_due')),
  );
}

/** The pledgee's command on goods due before the debt: its own guards, then the fee due (442). */
export function pledgeeProblem(
  context: ReadContext,
  receipt: Receipt,
  { phase, expectedVersion }: { readonly phase: Phase; readonly expectedVersion: number },
): Status {
  const bySender = phase === 'final' || receipt.lender === context.sender;
  return firstProblem(
    () => (bySender ? OK : status('signer_not_party_to_object')),
    () => movableProblem(context, receipt),
    () => (receipt.state === 'PLEDGED' ? OK : status('receipt_not_pledged')),
    () => versionProblem(receipt, expectedVersion, phase),
    () => (receipt.feeDue === undefined ? OK : status('storage_fee_due')),
  );
}

/** Other receipts take its place: not while the lot is short, when shares are being settled. */
export function reissueProblem(
  context: ReadContext,
  receipt: Receipt,
  command: { readonly phase: Phase; readonly expectedVersion: number },
): Status {
  return firstProblem(
    () => goodsProblem(context, receipt, command),
    () => (findLot(context, receipt.lot)?.state === 'SHORT' ? status('lot_is_short') : OK),
  );
}

/** What a keeper does on a receipt: keeper, freeze, pending, state, version, in this order. */
export function keeperProblem(
  context: ReadContext,
  receipt: Receipt,
  expectedVersion: number,
): Status {
  const { state, warehouse } = receipt;
  const stands = state === 'FREE' || state === 'PLEDGED';
  return firstProblem(
    () => (warehouse === context.sender ? OK : status('signer_not_party_to_object')),
    () => movableProblem(context, receipt),
    () => (stands ? OK : status('state_forbids_command')),
    () => (versionIs(receipt, expectedVersion) ? OK : status('object_version_is_stale')),
  );
}

/** The opener must be the holder; the others sign what the holder opened. */
export function holderSigns(context: ReadContext, receipt: Receipt, phase: Phase): Status {
  const signs = phase === 'final' || receipt.holder === context.sender;
  return signs ? OK : status('signer_not_party_to_object');
}

/** R7, at opening only: between the signatures nothing can change a held receipt. */
export function versionProblem(receipt: Receipt, expected: number, phase: Phase): Status {
  const fits = phase === 'final' || versionIs(receipt, expected);
  return fits ? OK : status('object_version_is_stale');
}
