/** What the contract states as fact, beside the `pending.*` of countersigned commands. */
export const events = [
  'event.recorded',
  'event.linked',
  'location.registered',
  'location.released',
  'custody.changed',
  'custody.refused',
] as const;

export type TraceEvent = (typeof events)[number];
