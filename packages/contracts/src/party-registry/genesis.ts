import { type GenesisContext, hexFromBytes } from '@triflow/protocol';
import { z } from 'zod';
import { partyIdSchema, sizeClassSchema } from '../fields.js';
import { governors, keyOwners, parties, partyKeys } from './keys.js';
import { roleSchema } from './schema.js';

const rolesSchema = z.array(roleSchema);

/**
 * Writes the founding parties with the keys that sign from height 1. Their roles are the
 * founders' decision: no licence is asked for, and ids are not checked.
 */
export function writeGenesisParties(context: GenesisContext): void {
  const governing = context.parties.filter((party) => party.roles.includes('GOVERNOR'));
  const active = governing.map((party) => partyIdSchema.parse(party.id));
  context.put(governors, ['all'], { active });
  for (const party of context.parties) {
    context.put(parties, [party.id], {
      id: partyIdSchema.parse(party.id),
      name: party.name,
      roles: rolesSchema.parse([...party.roles]),
      sizeClass: sizeClassSchema.parse(party.sizeClass),
      state: 'ACTIVE',
      keyIds: party.keys.map((key) => key.keyId),
      licences: [],
      registeredAt: context.timeMs,
      version: 1,
    });
    for (const key of party.keys) {
      context.put(partyKeys, [party.id, key.keyId], { party: party.id, ...key, fromHeight: 1 });
      context.put(keyOwners, [hexFromBytes(key.publicKey)], { party: party.id });
    }
  }
}
