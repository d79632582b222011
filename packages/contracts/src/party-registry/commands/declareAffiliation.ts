import { limits, OK, type PartyId, type WriteContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../internal.js';
import { affiliations, parties } from '../keys.js';
import { partyToChange } from '../partyChange.js';
import { type Affiliations, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A party, or a REGULATOR, declares a relation; it holds both ways (P3). */
export const declareAffiliation = command({
  who: 'verified',
  params: commandSchemas.declare_affiliation,
  verify: (context, { id, other, kind }) => {
    if (context.get(parties, id) === undefined) return status('object_not_found');
    if (context.get(parties, other) === undefined) return status('reference_not_found');
    const allowed = context.sender === id || hasRole(context, context.sender, 'REGULATOR');
    if (!allowed) return status('signer_not_party_to_object');
    if (id === other) return status('parties_must_differ');
    const known = context.get(affiliations, id)?.others ?? [];
    const back = context.get(affiliations, other)?.others ?? [];
    if (known.some((one) => one.other === other && one.kind === kind && one.subject === id)) {
      return status('affiliation_already_declared');
    }
    const most = Math.max(known.length, back.length);
    return most >= limits.affiliationsPerPartyMax ? status('bound_exceeded') : OK;
  },
  execute: (context, { id, other, kind, evidence }) => {
    const declared = { kind, subject: id, evidence, since: context.timeMs };
    addRelation(context, id, { ...declared, other, declaredBy: context.sender });
    addRelation(context, other, { ...declared, other: id, declaredBy: context.sender });
    const party = partyToChange(context, id);
    const version = party.version + 1;
    context.put(parties, [id], { ...party, version });
    context.emit('affiliation.declared', id, { version, other, kind, evidence });
    return OK;
  },
});

function addRelation(
  context: WriteContext,
  party: PartyId,
  relation: Affiliations['others'][number],
): void {
  const others = context.get(affiliations, party)?.others ?? [];
  context.put(affiliations, [party], { others: [...others, relation] });
}
