/** What the contract states as fact, beside the `pending.*` of countersigned commands. */
export const events = [
  'pen.opened',
  'animal.registered',
  'animal.tagged',
  'animal.placed',
  'animal.mortgaged',
  'animal.substituted',
  'animal.exited',
  'animal.missing',
  'animal.found',
  'animal.frozen',
  'animal.unfrozen',
  'pen.counted',
  'curve.set',
] as const;

export type LivestockEvent = (typeof events)[number];
