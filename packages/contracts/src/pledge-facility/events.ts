/** What the contract states as fact. */
export const events = [
  'facility.approved',
  'facility.agreed',
  'facility.established',
  'facility.verified',
  'facility.drawn',
  'facility.costs_recorded',
  'facility.repaid',
  'facility.item_added',
  'facility.item_released',
  'facility.item_substituted',
  'facility.revalued',
  'line.crossed',
  'margin_call.issued',
  'margin_call.cured',
  'margin_call.failed',
  'default.declared',
  'enforcement.opened',
  'claim.stated',
  'sale.recorded',
  'proceeds.distributed',
  'facility.closed',
] as const;

export type PledgeFacilityEvent = (typeof events)[number];
