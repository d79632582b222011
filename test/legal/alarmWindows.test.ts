import { alerts, devices } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import { describe, expect, it } from 'vitest';
import { ASSET, DEVICE, HOUR_MS, handIn, MINUTE_MS, monitoredWorld } from '../monitoredWorld.js';

/**
 * Alarm windows of the WHO as rules of the ledger (domain 3.10 and section 5). As a national rule
 * they are to be confirmed by counsel.
 */
const STEP_MIN = 20;

interface Stretch {
  readonly celsius: number;
  readonly minutes: number;
}

describe('WHO Type I: at 30 °C and over for 10 hours in all', () => {
  it('9 h 59 min in two parts: no alarm', () => {
    const shipment = [warm(30, 5 * 60), warm(20, 60), warm(30, 4 * 60 + 59), warm(20, 40)];
    expect(alarms('who-type-1', shipment)).toEqual([]);
  });

  it('10 h in two parts: alarm', () => {
    const shipment = [warm(30, 5 * 60), warm(20, 60), warm(30, 5 * 60), warm(20, 40)];
    expect(alarms('who-type-1', shipment)).toEqual(['TEMP_CUMULATIVE']);
  });

  it('10 h at 29.99 °C: no alarm', () => {
    expect(alarms('who-type-1', [warm(29.99, 10 * 60), warm(20, 40)])).toEqual([]);
  });
});

describe('WHO single windows', () => {
  it.each([
    ['who-type-1', 45, 59, 0],
    ['who-type-1', 45, 60, 1],
    ['who-type-1', 44.99, 60, 0],
    ['who-type-1', -0.5, 60, 1],
    ['who-type-1', -0.49, 60, 0],
    ['who-type-1', -0.5, 59, 0],
    ['who-type-2', 45, 60, 1],
    ['who-type-2', -0.5, 60, 0],
    ['who-refrigerator', 8, 10 * 60, 0],
    ['who-refrigerator', 8.01, 10 * 60, 1],
    ['who-refrigerator', 8.01, 10 * 60 - 1, 0],
    ['who-refrigerator', -0.5, 60, 1],
  ])('%s: %s °C for %i minutes raises %i', (profile, celsius, minutes, raised) => {
    const shipment = [warm(5, 20), warm(celsius, minutes), warm(5, 20)];
    expect(alarms(profile, shipment)).toHaveLength(raised);
  });

  it('a single window in two parts is none: the refrigerator for 6 h and 6 h', () => {
    const shipment = [warm(9, 6 * 60), warm(5, 20), warm(9, 6 * 60), warm(5, 20)];
    expect(alarms('who-refrigerator', shipment)).toEqual([]);
  });
});

describe('WHO Type II: at 10 °C and over for 20 hours in all', () => {
  it('19 h 59 min: none; 20 h: alarm', () => {
    const half = warm(10, 10 * 60);
    const short = [half, warm(5, 60), warm(10, 10 * 60 - 1), warm(5, 20)];
    expect(alarms('who-type-2', short)).toEqual([]);
    expect(alarms('who-type-2', [half, warm(5, 60), half, warm(5, 20)])).toEqual([
      'TEMP_CUMULATIVE',
    ]);
  });
});

function warm(celsius: number, minutes: number): Stretch {
  return { celsius, minutes };
}

/** Kinds of the alerts that a shipment raises under a profile. */
function alarms(profile: string, shipment: readonly Stretch[]): string[] {
  const world = monitoredWorld();
  const params = { profile, prefix: 'who', selector: { asset: ASSET }, clearCount: 1 };
  const more = { severity: 'critical', owner: world.id('carrier') };
  const set = world.submit('supervisor', 'monitoring', 'apply_profile', { ...params, ...more });
  expect(set.code).toBe('success');
  send(world, shipment);
  return world.records(alerts).map(({ kind }) => kind);
}

function send(world: World, shipment: readonly Stretch[]): void {
  const start = world.must(devices, DEVICE).boundAt + HOUR_MS;
  let minute = 0;
  let seq = 0;
  for (const { celsius, minutes } of shipment) {
    const readings: { seq: number; time: number; value: number }[] = [];
    for (let at = 0; at < minutes; at += STEP_MIN) {
      seq += 1;
      const time = start + (minute + at) * MINUTE_MS;
      readings.push({ seq, time, value: Math.round(celsius * 100) });
    }
    minute += minutes;
    expect(handIn(world, readings).code).toBe('success');
  }
  seq += 1;
  handIn(world, [{ seq, time: start + minute * MINUTE_MS, value: 500 }]);
}
