import { type Day, parametersAt, parametersTable, type ReadContext } from '@triflow/protocol';

/** The contract whose parameter the calendar is, for all contracts alike. */
const CALENDAR_OWNER = 'purchase-order';

/**
 * Weekends and statutory holidays, listed one by one: parameter `calendar.holidays` (R6), as any
 * contract reads it.
 */
export function holidaysAt(view: Pick<ReadContext, 'get' | 'height'>): readonly Day[] {
  const record = view.get(parametersTable, CALENDAR_OWNER);
  const value = record && parametersAt(record, view.height)['calendar.holidays'];
  return typeof value === 'object' ? value : [];
}
