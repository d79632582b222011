import { describe, expect, it } from 'vitest';
import type { PendingReading } from './pendingReadings.js';
import { type DeviceWork, type PlanRules, planBatches } from './planBatches.js';

const rules: PlanRules = {
  nowMs: 10_000,
  maxDelayMs: 5_000,
  gapWaitMs: 8_000,
  hurry: false,
  groupsMax: 2,
};

function pendingOf(seqs: readonly number[], takenAt: number): PendingReading[] {
  const record = { next: { segment: 1, offset: 0 }, left: seqs.length };
  return seqs.map((seq) => {
    return { takenAt, record, reading: { seq, time: seq, kind: 'BATTERY', values: [1] } };
  });
}

function device(
  name: string,
  pending: readonly PendingReading[],
  more: Partial<DeviceWork> = {},
): DeviceWork {
  return { device: name, lastSeq: 0, anchored: false, chunkMax: 256, pending, ...more };
}

function sizes(work: readonly DeviceWork[], more: Partial<PlanRules> = {}) {
  const { groups, nextMs } = planBatches(work, { ...rules, ...more });
  const shown = groups.map((group) =>
    group.map(({ device: name, pending }) => `${name}:${pending.length}`).join(' '),
  );
  return { shown, nextMs };
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('what is sent now', () => {
  it('a batch that is full, or whose first reading is old enough', () => {
    expect(sizes([device('a', pendingOf(upTo(256), 9_999))]).shown).toEqual(['a:256']);
    expect(sizes([device('a', pendingOf(upTo(255), 9_999))])).toEqual({
      shown: [],
      nextMs: 14_999,
    });
    expect(sizes([device('a', pendingOf([1], 5_000))]).shown).toEqual(['a:1']);
    expect(sizes([device('a', pendingOf([1], 5_001))], { hurry: true }).shown).toEqual(['a:1']);
  });

  it('nothing behind a gap until it has been waited for; then the gap stays', () => {
    const gappy = [...pendingOf([1, 2], 1_000), ...pendingOf([4, 5], 3_000)];
    expect(sizes([device('a', gappy)])).toEqual({ shown: ['a:2'], nextMs: 11_000 });
    expect(sizes([device('a', gappy)], { nowMs: 11_000 }).shown).toEqual(['a:4']);
    expect(sizes([device('a', pendingOf([7], 3_000), { lastSeq: 5 })]).shown).toEqual([]);
  });

  it('a device stays in one transaction, cut into commands; others share it', () => {
    const work = [
      device('a', pendingOf(upTo(600), 0)),
      device('b', pendingOf([1], 0)),
      device('c', pendingOf(upTo(3_000), 0)),
      device('d', pendingOf(upTo(256), 0)),
    ];
    const { shown } = sizes(work);
    expect(shown[0]).toBe(
      'a:256 a:256 a:88 b:1 c:256 c:256 c:256 c:256 c:256 c:256 c:256 c:256 c:256',
    );
    expect(shown[1]).toBe('d:256');
  });

  it('never more transactions, commands or readings than allowed', () => {
    const work = upTo(300).map((at) => device(`d${at}`, pendingOf([1], 0)));
    const { groups } = planBatches(work, rules);
    expect(groups.map((group) => group.length)).toEqual([64, 64]);
  });

  it('an anchored device is cut by its own measure and counts no readings', () => {
    const pending = pendingOf(upTo(5_000), 0);
    const work = [device('a', pending, { anchored: true, chunkMax: 4_096 })];
    expect(sizes(work).shown).toEqual(['a:4096 a:904']);
  });
});
