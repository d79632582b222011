/** What the contract states as fact; `validator.equivocated` is stated by the ledger (R-E3). */
export const events = [
  'proposal.opened',
  'proposal.voted',
  'proposal.passed',
  'proposal.rejected',
  'proposal.expired',
  'validator_set.changed',
  'observers.changed',
  'parameter.changed',
  'feature.activated',
  'access_log.anchored',
  'validator.equivocated',
] as const;

export type GovernanceEvent = (typeof events)[number];
