import { statusFactory } from '../status.js';

export const statusCodes = {
  critical_alert_open: 100,
  parties_must_differ: 101,
  second_party_not_independent: 102,
} as const;

export const status = statusFactory('monitoring', statusCodes);
