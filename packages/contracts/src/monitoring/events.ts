/** What the contract states as fact. */
export const events = [
  'device.bound',
  'device.unbound',
  'batch.accepted',
  'rule.set',
  'rule.retired',
  'alert.raised',
  'alert.cleared',
  'alert.acknowledged',
  'alert.escalated',
  'alert.resolved',
  'alert.marked_false',
] as const;

export type MonitoringEvent = (typeof events)[number];
