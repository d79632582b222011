import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { findParty } from '../../party-registry/internal.js';
import { obligations } from '../keys.js';
import { obligationToChange } from '../obligationChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The debtor names another party whose payment counts as its own (M4). */
export const declarePayer = command({
  who: 'verified',
  params: commandSchemas.declare_payer,
  verify: (context, { id, expectedVersion, payer }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('object_not_found');
    if (found.debtor !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(found, expectedVersion)) return status('object_version_is_stale');
    const isOpen = found.state === 'OPEN' || found.state === 'PARTLY_PAID';
    if (!isOpen) return status('state_forbids_command');
    if (findParty(context, payer) === undefined) return status('reference_not_found');
    if (payer === found.debtor || found.payers.includes(payer)) {
      return status('payer_already_declared');
    }
    return found.payers.length >= limits.declaredPayersMax ? status('bound_exceeded') : OK;
  },
  execute: (context, { id, payer }) => {
    const before = obligationToChange(context, id);
    const version = before.version + 1;
    const payers = [...before.payers, payer];
    context.put(obligations, [id], { ...before, payers, version });
    context.emit('payer.declared', id, { version, payers });
    return OK;
  },
});
