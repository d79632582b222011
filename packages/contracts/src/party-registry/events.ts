/** What the contract states as fact. */
export const events = [
  'party.registered',
  'party.suspended',
  'party.reinstated',
  'key.added',
  'key.revoked',
  'role.changed',
  'licence.recorded',
  'affiliation.declared',
  'view.granted',
  'view.revoked',
] as const;

export type PartyRegistryEvent = (typeof events)[number];
