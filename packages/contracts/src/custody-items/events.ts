/** What the contract states as fact, beside the `pending.*` of countersigned commands. */
export const events = [
  'vault.opened',
  'person.enrolled',
  'item.registered',
  'item.moved',
  'item.overdue',
  'handover.signed',
  'stocktake.opened',
  'stocktake.counted',
  'stocktake.reconciled',
  'stocktake.signed',
  'difference.settled',
  'item.frozen',
  'item.unfrozen',
] as const;

export type CustodyEvent = (typeof events)[number];
