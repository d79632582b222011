import { OK, type ReadContext, type Status, textFromTxId } from '@triflow/protocol';
import type { z } from 'zod';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { personOf, signatureProblem } from '../dualControl.js';
import { findVault } from '../internal.js';
import { handovers, numbered, stocktakes } from '../keys.js';
import { holdVault, saveVault, vaultToChange } from '../records.js';
import { commandSchemas, type Vault } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.hand_over>;

/**
 * The vault passes from keeper to keeper on a full count that both sign: a stocktake signed since
 * the last movement. With differences open an APPROVER must sign its exception (K2).
 */
export const handOver = countersigned<Params>({
  who: ['KEEPER'],
  params: commandSchemas.hand_over,
  object: ({ vault }) => vault,
  signers: (_context, { to, exceptedBy }) => [
    to,
    ...(exceptedBy === undefined ? [] : [exceptedBy]),
  ],
  signature: (context, { vault }) => signatureProblem(context, vault),
  verify: (context, params, phase) => {
    const vault = findVault(context, params.vault);
    if (vault === undefined) return status('object_not_found');
    if (phase === 'open') {
      if (vault.keeper !== context.sender) return status('signer_not_party_to_object');
      if (vault.pending !== undefined) return status('object_has_pending_command');
      if (vault.version !== params.expectedVersion) return status('object_version_is_stale');
    }
    return receiverProblem(context, vault, params) ?? countProblem(context, vault, params) ?? OK;
  },
  hold: holdVault('hand_over'),
  execute: (context, { vault: id, to, stocktake, exceptedBy }, from) => {
    const vault = vaultToChange(context, id);
    const { version } = saveVault(context, { ...vault, keeper: to });
    const exception = exceptedBy === undefined ? {} : { exceptedBy };
    const facts = { from, to, stocktake, items: vault.items, ...exception };
    const tx = textFromTxId(context.txId);
    context.put(handovers, numbered(id, version), { vault: id, ...facts, tx, at: context.timeMs });
    context.emit('handover.signed', id, { version, ...facts });
    return OK;
  },
});

function receiverProblem(
  context: ReadContext,
  vault: Vault,
  { to, exceptedBy }: Params,
): Status | undefined {
  if (to === vault.keeper) return status('parties_must_differ');
  const next = personOf(context, vault.id, to);
  if (next === undefined || !hasRole(context, to, 'KEEPER')) return status('dual_control_missing');
  if (exceptedBy === undefined) return undefined;
  const approving = personOf(context, vault.id, exceptedBy);
  if (approving === undefined || !hasRole(context, exceptedBy, 'APPROVER')) {
    return status('dual_control_missing');
  }
  const isKeeper = approving === next || approving === personOf(context, vault.id, vault.keeper);
  return isKeeper ? status('approver_is_keeper') : undefined;
}

function countProblem(
  context: ReadContext,
  vault: Vault,
  { stocktake, exceptedBy }: Params,
): Status | undefined {
  if (vault.openStocktake !== undefined) return status('stocktake_is_open');
  const count = context.get(stocktakes, ...numbered(vault.id, stocktake));
  const full = count?.state === 'SIGNED' && count.movements === vault.movements;
  if (!full) return status('full_count_missing');
  const blocked = vault.openDifferences > 0 && exceptedBy === undefined;
  return blocked ? status('differences_open') : undefined;
}
