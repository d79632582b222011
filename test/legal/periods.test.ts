import { invoices } from '@triflow/contracts/schemas';
import { DAY_MS, today, tradedWorld } from '@triflow/contracts/testkit/claims';
import { addMonths, dayFromText, endOfDay, nextBusinessDay, textFromDay } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';

describe('201-203 periods (R6)', () => {
  it('201: n days from day D end at 24:00 of D + n, Beijing time', () => {
    const world = tradedWorld({ order: { paymentTerm: { basis: 'delivery', days: 30 } } });
    const { paymentDueDay = 0 } = world.must(invoices, 'in_1');
    expect(paymentDueDay).toBe(today(world) + 30);
    expect((endOfDay(paymentDueDay) + 8 * 3_600_000) % DAY_MS).toBe(0);
  });

  it('202: 31 January and one month is the last day of February', () => {
    const later = (text: string, months: number) => {
      const day = dayFromText(text);
      return day === undefined ? undefined : textFromDay(addMonths(day, months));
    };
    expect(later('2026-01-31', 1)).toBe('2026-02-28');
    expect(later('2028-01-31', 1)).toBe('2028-02-29');
    expect(later('2026-02-28', 1)).toBe('2026-03-28');
    expect(later('2026-10-31', 4)).toBe('2027-02-28');
  });

  it('203: a last day that is a holiday is the next that is none', () => {
    expect(nextBusinessDay(10, new Set([10, 11]))).toBe(12);
    const probe = tradedWorld();
    const { paymentDueDay = 0 } = probe.must(invoices, 'in_1');
    const holidays = [paymentDueDay, paymentDueDay + 1];
    const parameters = { 'purchase-order': { 'calendar.holidays': holidays } };
    const world = tradedWorld({ parameters });
    expect(world.must(invoices, 'in_1').paymentDueDay).toBe(paymentDueDay + 2);
  });
});
