/** What the contract states as fact. */
export const events = [
  'party.registered',
  'key.added',
  'key.revoked',
  'role.changed',
  'affiliation.declared',
  'party.suspended',
  'party.reinstated',
] as const;

export type PartyRegistryEvent = (typeof events)[number];
