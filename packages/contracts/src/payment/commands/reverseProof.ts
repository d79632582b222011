import { isOk, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { proofs } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { proofToChange } from '../proofChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Whoever signed a proof takes it back; exactly what it closed opens again (M3). */
export const reverseProof = command({
  who: 'verified',
  params: commandSchemas.reverse_proof,
  verify: (context, { id, expectedVersion }) => {
    const proof = context.get(proofs, id);
    if (proof === undefined) return status('object_not_found');
    if (proof.signedBy !== context.sender) return status('signer_not_party_to_object');
    if (proof.state === 'REVERSED') return status('proof_already_reversed');
    if (!versionIs(proof, expectedVersion)) return status('object_version_is_stale');
    const settled = proof.allocations.some(
      ({ obligation }) => obligationToChange(context, obligation).settled,
    );
    return proof.usedMinor > 0n || settled ? status('payment_proof_is_used') : OK;
  },
  execute: (context, { id }) => {
    const proof = proofToChange(context, id);
    for (const { obligation } of proof.allocations) {
      const before = obligationToChange(context, obligation);
      const payments = before.payments.filter((payment) => payment.proof !== id);
      const saved = saveObligation(context, { ...before, payments });
      if (!isOk(saved)) return saved;
    }
    const version = proof.version + 1;
    context.put(proofs, [id], { ...proof, state: 'REVERSED', version });
    const { amount, allocations } = proof;
    context.emit('payment.reversed', id, { version, state: 'REVERSED', amount, allocations });
    return OK;
  },
});
