import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { World } from '../testkit.js';
import { isInside } from './geofence.js';
import { criticalAlertProblem } from './internal.js';
import { rules, ruleVersions } from './keys.js';
import {
  ASSET,
  boundAt,
  DEVICE,
  everyMs,
  HOUR_MS,
  handIn,
  MINUTE_MS,
  monitorWorld,
  theAlert,
  timeline,
} from './monitorWorld.js';
import type { Reading } from './schema.js';

const evidence = { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' };

let world: World;
let start: number;
let seq: number;

beforeEach(() => {
  world = monitorWorld();
  start = boundAt(world);
  seq = 0;
});

/** Sends values of a kind a minute apart, going on from the last. */
function feed(kind: Reading['kind'], ...values: readonly (readonly number[] | number)[]): void {
  const readings = values.map((value) => {
    seq += 1;
    const list = typeof value === 'number' ? [value] : [...value];
    return { seq, time: start + seq * MINUTE_MS, kind, values: list };
  });
  expect(handIn(world, readings).code).toBe('success');
}

function setRule(condition: CborMap, more: CborMap = {}, by = 'bank'): string {
  const owner = world.id('keeper');
  const rule = { id: 'rule-1', selector: { asset: ASSET }, severity: 'warning', owner };
  return world.submit(by, 'monitoring', 'set_rule', { ...rule, condition, ...more }).code;
}

function minutes(): string[] {
  return timeline(world, start).map((line) =>
    line.replace(/(\d+)\.\.(\d+|open)/, (_, from: string, to: string) => {
      return `${Number(from) / MINUTE_MS}..${to === 'open' ? to : Number(to) / MINUTE_MS}`;
    }),
  );
}

describe('rules are data', () => {
  const humid = { kind: 'HUMIDITY', compare: 'gt', threshold: 8_000, clearCount: 1 };

  it('are set by who is bound to the asset, changed by who set them, kept by version', () => {
    expect(setRule(humid, {}, 'gateway')).toBe('signer_not_party_to_object');
    expect(setRule(humid, { selector: { assetKind: 'lt' } })).toBe('signer_lacks_role');
    expect(setRule(humid, { owner: 'uscc:TEST-nobody' })).toBe('reference_not_found');
    expect(setRule(humid, { expectedVersion: 1 })).toBe('object_not_found');
    expect(setRule(humid)).toBe('success');
    expect(setRule(humid)).toBe('id_already_exists');
    const stricter = { ...humid, threshold: 7_000 };
    expect(setRule(stricter, { expectedVersion: 1 }, 'keeper')).toBe('signer_not_party_to_object');
    expect(setRule(stricter, { expectedVersion: 2 })).toBe('object_version_is_stale');
    const door = { kind: 'DOOR_OPEN', clearCount: 1 };
    expect(setRule(door, { expectedVersion: 1 })).toBe('rule_scope_is_fixed');
    expect(setRule(stricter, { expectedVersion: 1 })).toBe('success');
    expect(world.must(rules, 'rule-1').version).toBe(2);
    expect(world.must(ruleVersions, 'rule-1', '1').condition).toEqual(humid);
    const retire = (by: string, expectedVersion: number, id = 'rule-1') =>
      world.submit(by, 'monitoring', 'retire_rule', { id, expectedVersion }).code;
    expect(retire('keeper', 2)).toBe('signer_not_party_to_object');
    expect(retire('bank', 1)).toBe('object_version_is_stale');
    expect(retire('bank', 1, 'none')).toBe('object_not_found');
    expect(retire('governor', 2)).toBe('success');
    expect(retire('bank', 3)).toBe('state_forbids_command');
    feed('HUMIDITY', 9_999);
    expect(minutes()).toEqual([]);
  });

  it('a selector holds so many, and a GOVERNOR sets them for a whole kind of assets', () => {
    const forAll = { selector: { assetKind: 'lt' } };
    for (let at = 1; at <= 16; at += 1) {
      expect(setRule(humid, { ...forAll, id: `rule-${at}` }, 'governor')).toBe('success');
    }
    expect(setRule(humid, { ...forAll, id: 'rule-17' }, 'governor')).toBe('bound_exceeded');
    const profile = { profile: 'who-type-1', prefix: 'who', severity: 'critical', clearCount: 1 };
    const params = { ...profile, ...forAll, owner: world.id('keeper') };
    expect(world.submit('governor', 'monitoring', 'apply_profile', params).code).toBe(
      'bound_exceeded',
    );
    feed('HUMIDITY', 9_999);
    expect(minutes()).toHaveLength(16);
  });

  it('a new version judges afresh and ends the episode of the old one', () => {
    setRule(humid);
    feed('HUMIDITY', 8_500);
    setRule({ ...humid, threshold: 9_000 }, { expectedVersion: 1 });
    feed('HUMIDITY', 8_500, 9_500);
    expect(minutes()).toEqual([
      'HUMIDITY rule-1 dv_logger.1.1 warning 1..2 RAISED',
      'HUMIDITY rule-1 dv_logger.1.2 warning 3..open RAISED',
    ]);
  });
});

describe('hysteresis', () => {
  it('opens at the raise threshold, ends after clearCount readings inside the clear one', () => {
    const limit = { compare: 'ge', threshold: 8_000, clear: 7_000, clearCount: 2 };
    setRule({ kind: 'HUMIDITY', ...limit });
    feed('HUMIDITY', 7_999, 8_000, 7_500, 7_000, 7_500, 7_000, 7_001, 7_000, 6_000, 8_000);
    expect(minutes()).toEqual([
      'HUMIDITY rule-1 dv_logger.1.1 warning 2..9 RAISED',
      'HUMIDITY rule-1 dv_logger.1.2 warning 10..open RAISED',
    ]);
  });

  it.each([
    ['lt', 20, [20, 19]],
    ['le', 20, [21, 20]],
    ['gt', 20, [20, 21]],
    ['ge', 20, [19, 20]],
  ] as const)('BATTERY %s %i', (compare, threshold, [before, after]) => {
    setRule({ kind: 'BATTERY', compare, threshold, clearCount: 1 });
    feed('BATTERY', before);
    expect(minutes()).toEqual([]);
    feed('BATTERY', after);
    expect(minutes()).toHaveLength(1);
  });

  it('VITALS looks at the kind of reading that it names', () => {
    const vitals = { kind: 'VITALS', reading: 'HEART_RATE', compare: 'lt', threshold: 30 };
    setRule({ ...vitals, clear: 40, clearCount: 1 });
    feed('HUMIDITY', 10);
    feed('HEART_RATE', 29, 35, 40);
    expect(minutes()).toEqual(
      ['VITALS rule-1 dv_logger.1.1 warning 1..4 RAISED'].map((line) =>
        line.replace('1..4', '2..4'),
      ),
    );
  });
});

describe('rules that stand by themselves', () => {
  it('TAMPER is critical and stops draws until it is answered (N2)', () => {
    feed('TAMPER', 0, 1, 1, 0);
    expect(minutes()).toEqual(['TAMPER standard-tamper dv_logger.1.1 critical 2..4 RAISED']);
    expect(criticalAlertProblem({ get: world.read }, ASSET).code).toBe('critical_alert_open');
    const { id, version } = theAlert(world, 'TAMPER');
    const params = { id, expectedVersion: version, evidence };
    expect(world.submit('keeper', 'monitoring', 'resolve', params).code).toBe('success');
    expect(criticalAlertProblem({ get: world.read }, ASSET).code).toBe('success');
  });

  it('OFFLINE: strictly more than maxGap between readings, known by its beginning', () => {
    const at = (one: number, time: number) =>
      everyMs('TEMPERATURE', 1, { seq: one, time: start + time }, [400]);
    handIn(world, [...at(1, 0), ...at(2, 15 * MINUTE_MS)]);
    expect(minutes()).toEqual([]);
    handIn(world, at(3, 30 * MINUTE_MS + 1));
    const offline = 'OFFLINE standard-offline dv_logger.1.TEMPERATURE.1 warning 15';
    expect(minutes()).toEqual([`${offline}..open RAISED`]);
    handIn(world, at(4, 31 * MINUTE_MS));
    expect(minutes()).toEqual([`${offline}..31 RAISED`]);
  });

  it('OFFLINE is reported by anyone once the silence is too long; the late reading is no second', () => {
    feed('TEMPERATURE', 400);
    const check = (device = DEVICE) =>
      world.submit('bank', 'monitoring', 'check_silence', { device }).code;
    expect(check('dv_none')).toBe('object_not_found');
    world.setTime(start + 16 * MINUTE_MS - 1_000);
    expect(check()).toBe('deadline_not_reached');
    expect(check()).toBe('success');
    expect(check()).toBe('success');
    world.setTime(start + HOUR_MS);
    seq = 59;
    feed('TEMPERATURE', 400, 400);
    expect(minutes()).toEqual([
      'OFFLINE standard-offline dv_logger.1.TEMPERATURE.1 warning 1..61 RAISED',
    ]);
  });

  it('a rule of the same kind takes the place of the standing one', () => {
    setRule({ kind: 'TAMPER', clearCount: 3 }, { severity: 'info' });
    feed('TAMPER', 1, 0, 0, 0);
    expect(minutes()).toEqual(['TAMPER rule-1 dv_logger.1.1 info 1..4 RAISED']);
  });
});

describe('a release token', () => {
  const cover = (until: number) =>
    world.submit('keeper', 'warehouse-receipt', 'open_cover', { asset: ASSET, token: 't1', until });
  const uncover = () =>
    world.submit('keeper', 'warehouse-receipt', 'close_cover', { asset: ASSET, token: 't1' });

  it('DOOR_OPEN without one is critical, with one it is nothing', () => {
    cover(start + 10 * MINUTE_MS);
    feed('DOOR', 1, 0);
    expect(minutes()).toEqual([]);
    seq = 10;
    feed('DOOR', 1, 0);
    expect(minutes()).toEqual([
      'DOOR_OPEN standard-door-open dv_logger.1.1 critical 11..12 RAISED',
    ]);
  });

  it('covers until it is used, for readings of that time even when they come late', () => {
    cover(start + HOUR_MS);
    world.setTime(start + 5 * MINUTE_MS);
    uncover();
    feed('DOOR', 1, 1, 1, 0);
    expect(minutes()).toEqual([]);
    seq = 6;
    feed('DOOR', 1);
    expect(minutes()).toHaveLength(1);
  });

  it('WEIGHT_DELTA adds small losses up, is critical, and starts again when it is answered', () => {
    const weight = { kind: 'WEIGHT_DELTA', reading: 'WEIGHT', delta: 100, clearDelta: 10 };
    setRule({ ...weight, clearCount: 1 });
    feed('WEIGHT', 1_000, 960, 930, 901, 900, 900);
    expect(minutes()).toEqual(['WEIGHT_DELTA rule-1 dv_logger.1.1 critical 5..open RAISED']);
    const { id, version } = theAlert(world, 'WEIGHT_DELTA');
    const params = { id, expectedVersion: version, evidence };
    expect(world.submit('keeper', 'monitoring', 'resolve', params).code).toBe('success');
    feed('WEIGHT', 890, 800);
    expect(minutes()).toHaveLength(1);
    feed('WEIGHT', 790);
    expect(minutes()).toHaveLength(2);
  });

  it('WEIGHT_DELTA: what leaves under a token is the new baseline', () => {
    const weight = { kind: 'WEIGHT_DELTA', reading: 'WEIGHT', delta: 100, clearDelta: 10 };
    setRule({ ...weight, clearCount: 1 });
    feed('WEIGHT', 1_000);
    cover(start + 3 * MINUTE_MS);
    feed('WEIGHT', 500, 400);
    seq = 10;
    feed('WEIGHT', 350, 390);
    expect(minutes()).toEqual([]);
    feed('WEIGHT', 290);
    expect(minutes()).toHaveLength(1);
  });

  it('GEOFENCE without one is critical, with one as grave as its rule says', () => {
    const fence = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 0, y: 10 },
    ];
    setRule({ kind: 'GEOFENCE', fence, minConsecutive: 3, clearCount: 2 });
    feed('POSITION', [5, 5], [11, 5], [11, 5], [5, 5], [11, 5], [12, 5], [13, 5], [5, 5], [5, 5]);
    expect(minutes()).toEqual(['GEOFENCE rule-1 dv_logger.1.1 critical 5..9 RAISED']);
    cover(start + HOUR_MS);
    feed('POSITION', [11, 5], [12, 5], [13, 5], [14, 5]);
    expect(minutes()[1]).toBe('GEOFENCE rule-1 dv_logger.1.2 warning 10..open RAISED');
  });
});

describe('an anchored batch', () => {
  const anchor = (fromMin: number, kind: string, min: number, max: number, count = 10) => {
    const fromTime = start + fromMin * MINUTE_MS;
    const toTime = fromTime + MINUTE_MS;
    if (world.nowMs() < toTime) world.setTime(toTime);
    const kinds = [{ kind, min: [min], max: [max], count }];
    const span = { fromSeq: seq + 1, toSeq: seq + 100, fromTime, toTime };
    seq += 100;
    const params = { device: DEVICE, ...span, root: new Uint8Array(32), kinds };
    return world.submit('gateway', 'monitoring', 'anchor_batch', params).code;
  };

  it('raises and ends threshold rules by its extremes, and OFFLINE by its times', () => {
    setRule({ kind: 'HUMIDITY', compare: 'ge', threshold: 8_000, clear: 7_000, clearCount: 5 });
    anchor(0, 'HUMIDITY', 4_000, 7_999);
    anchor(1, 'HUMIDITY', 4_000, 8_000);
    anchor(2, 'HUMIDITY', 4_000, 7_500);
    anchor(3, 'HUMIDITY', 4_000, 7_000, 4);
    anchor(4, 'HUMIDITY', 4_000, 7_000, 1);
    expect(minutes()).toEqual(['HUMIDITY rule-1 dv_logger.1.1 warning 1..5 RAISED']);
    anchor(5, 'TEMPERATURE', 400, 400);
    anchor(30, 'TEMPERATURE', 400, 400);
    expect(minutes()[1]).toContain('OFFLINE standard-offline dv_logger.1.TEMPERATURE.1');
  });

  it('raises nothing that needs the readings: doors, windows of time', () => {
    setRule({ kind: 'TEMP_SINGLE', compare: 'ge', threshold: 800, durationMs: 0, clearCount: 1 });
    anchor(0, 'DOOR', 0, 1);
    anchor(1, 'TEMPERATURE', 900, 900);
    expect(minutes()).toEqual([]);
  });
});

describe('bounded work (R14)', () => {
  it('a batch raises so many alerts and no more; cut smaller it is taken', () => {
    for (let at = 1; at <= 4; at += 1) {
      setRule({ kind: 'TAMPER', clearCount: 1 }, { id: `rule-${at}` });
    }
    const flicker = Array.from({ length: 40 }, (_, at) => ({
      seq: at + 1,
      time: start + at,
      kind: 'TAMPER' as const,
      values: [at % 2],
    }));
    expect(handIn(world, flicker).code).toBe('bound_exceeded');
    expect(handIn(world, flicker.slice(0, 20)).code).toBe('success');
    expect(handIn(world, flicker.slice(20)).code).toBe('success');
    expect(minutes()).toHaveLength(80);
  });
});

describe('even-odd on integers', () => {
  const square = [
    { x: 0, y: 0 },
    { x: 4, y: 0 },
    { x: 4, y: 4 },
    { x: 0, y: 4 },
  ];

  it.each([
    [2, 2, true],
    [5, 2, false],
    [-1, 2, false],
    [2, 5, false],
    [0, 0, true],
    [4, 2, false],
    [2, 4, false],
    [0, 2, true],
  ])('(%i, %i) is inside the square: %s', (x, y, inside) => {
    expect(isInside(square, { x, y })).toBe(inside);
    expect(isInside([...square].reverse(), { x, y })).toBe(inside);
  });

  it('a hole and a notch count by crossings, and large coordinates do not overflow', () => {
    const notch = [
      { x: 0, y: 0 },
      { x: 6, y: 0 },
      { x: 6, y: 6 },
      { x: 3, y: 2 },
      { x: 0, y: 6 },
    ];
    expect(isInside(notch, { x: 3, y: 1 })).toBe(true);
    expect(isInside(notch, { x: 3, y: 3 })).toBe(false);
    const wide = notch.map(({ x, y }) => ({ x: x * 300_000_000 + 1, y: y * 150_000_000 + 1 }));
    expect(isInside(wide, { x: 900_000_001, y: 150_000_001 })).toBe(true);
    expect(isInside(wide, { x: 900_000_001, y: 450_000_001 })).toBe(false);
  });
});
