import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Dialer } from './dialer.js';

const limits = { redialMinMs: 100, redialMaxMs: 5_000, politeMs: 400, stableMs: 5_000 };

function createDialer(settings: { first?: boolean; succeeds?: () => boolean } = {}) {
  const dials: number[] = [];
  const wanted = { value: true };
  const begin = Date.now();
  const dialer = new Dialer({
    limits,
    wants: () => wanted.value,
    goesFirst: () => settings.first ?? true,
    dial: async () => {
      dials.push(Date.now() - begin);
      if (settings.succeeds?.() !== true) throw new RangeError('nobody there');
      wanted.value = false;
      dialer.connected('peer');
    },
    nowMs: () => Date.now(),
    random: () => 0.5,
  });
  return { dialer, dials, wanted };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('dialer', () => {
  it('dials again with a doubling pause up to the maximum', async () => {
    const { dialer, dials } = createDialer();
    dialer.ensure('peer');
    await vi.advanceTimersByTimeAsync(23_000);
    expect(dials).toEqual([0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300, 21_300]);
    dialer.stop();
  });

  it('the greater id lets the other one go first', async () => {
    const { dialer, dials } = createDialer({ first: false, succeeds: () => true });
    dialer.ensure('peer');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(dials).toEqual([400]);
    dialer.stop();
  });

  it('dials soon after a connection that lasted, and slower when none lasts', async () => {
    const { dialer, dials, wanted } = createDialer({ succeeds: () => true });
    dialer.ensure('peer');
    await vi.advanceTimersByTimeAsync(10_000);
    const lose = async () => {
      wanted.value = true;
      dialer.disconnected('peer');
      await vi.advanceTimersByTimeAsync(1_000);
    };
    await lose();
    await lose();
    await lose();
    expect(dials).toEqual([0, 10_100, 11_200, 12_400]);
    dialer.stop();
  });

  it('does nothing twice at a time, and nothing when nobody wants it', async () => {
    const { dialer, dials, wanted } = createDialer();
    dialer.ensure('peer');
    dialer.ensure('peer');
    await vi.advanceTimersByTimeAsync(50);
    expect(dials).toEqual([0]);
    wanted.value = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(dials).toEqual([0]);
    dialer.stop();
  });

  it('leaves no timer when it stops', () => {
    const { dialer } = createDialer();
    dialer.ensure('peer');
    dialer.stop();
    dialer.ensure('peer');
    expect(vi.getTimerCount()).toBe(0);
  });
});
