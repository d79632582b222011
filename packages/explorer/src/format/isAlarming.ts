import type { LedgerFact } from '../data/liveEvents.js';
import { warningTypes } from '../messages/eventSentences.js';

/** The lines of a facility, the calmest first. */
const LINES = ['none', 'warning', 'margin_call', 'disposal'];

/** Whether a fact asks for attention: a line that is crossed on the way down does not. */
export function isAlarming({ type, data }: Pick<LedgerFact, 'type' | 'data'>): boolean {
  if (!warningTypes.includes(type)) return false;
  if (type !== 'line.crossed') return true;
  return LINES.indexOf(String(data.to)) > LINES.indexOf(String(data.from));
}
