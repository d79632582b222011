import { hexFromBytes } from '@triflow/protocol';
import { eachRecord, type Invariant } from '../invariant.js';
import { affiliations, keyOwners, parties, partyKeys } from './keys.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'P1 a public key belongs to one party for ever',
    broken: (state) =>
      state
        .records(partyKeys)
        .filter((key) => state.read(keyOwners, hexFromBytes(key.publicKey))?.party !== key.party)
        .map((key) => `P1: ${key.party} ${key.keyId}`),
  },
  eachRecord(
    'P2 listed keys are those without an end, and at least one',
    parties,
    (party, state) => {
      const inForce = state
        .records(partyKeys)
        .filter((key) => key.party === party.id && key.toHeight === undefined);
      const listed = inForce.every((key) => party.keyIds.includes(key.keyId));
      return listed && party.keyIds.length === inForce.length;
    },
  ),
  {
    rule: 'P3 affiliation is symmetric',
    broken: (state) =>
      state.records(parties).flatMap(({ id }) =>
        (state.read(affiliations, id)?.others ?? [])
          .filter(({ other, kind, subject }) => {
            const back = state.read(affiliations, other)?.others ?? [];
            return !back.some(
              (one) => one.other === id && one.kind === kind && one.subject === subject,
            );
          })
          .map(({ other }) => `P3: ${id} ${other}`),
      ),
  },
];
