import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config.js';
import { clockFindings, diskFindings, versionFindings } from './machineFindings.js';
import type { Place } from './place.js';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const CONFIG =
  '[node]\n[demoKeys]\nlabel = "v1"\n[http]\nport = 0\n[p2p]\nport = 0\n[ops]\nport = 0\n';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-doctor-'));
  await writeFile(join(dir, 'file'), 'x'.repeat(1_000));
  await utimes(join(dir, 'file'), NOW_MS / 1_000, NOW_MS / 1_000);
});

afterAll(() => rm(dir, { recursive: true }));

const placeOf = (changes: Partial<Place> = {}): Place => ({
  home: dir,
  config: parseConfig(CONFIG, 'test'),
  genesis: undefined,
  data: dir,
  runningPid: undefined,
  password: undefined,
  nowMs: NOW_MS,
  ...changes,
});

describe('what the doctor says of the machine', () => {
  it('a disk without room is what a start would end with: STORE_FULL, and nothing is deleted', async () => {
    // Linux's process file system has no free block, whatever the machine.
    const [finding] = await diskFindings(placeOf({ data: '/proc' }), undefined);
    expect(finding).toMatchObject({ check: 'disk', severity: 'error', code: 'STORE_FULL' });
    expect(finding?.what).toMatch(/stops voting/);
    expect(finding?.next).toMatch(/nothing of it may be deleted/);
  });

  it('a disk with room lasts so many days at the chain’s growth', async () => {
    const grown = { firstMs: NOW_MS - 10 * DAY_MS, headMs: NOW_MS };
    const [finding] = await diskFindings(placeOf(), grown);
    expect(finding).toMatchObject({ check: 'disk', severity: 'ok' });
    expect(finding?.what).toMatch(/enough for \d+ days/);
  });

  it('a clock that is behind the newest block, or behind a file, is told', async () => {
    const ahead = { firstMs: NOW_MS, headMs: NOW_MS + 60_000 };
    const [behind] = await clockFindings(placeOf(), ahead);
    expect(behind).toMatchObject({ check: 'clock', severity: 'warning' });
    expect(behind?.what).toMatch(/60 s behind the newest block/);
    const [back] = await clockFindings(placeOf({ nowMs: NOW_MS - DAY_MS }), undefined);
    expect(back?.what).toMatch(/from the future: the clock went back/);
    const [before] = await clockFindings(placeOf({ nowMs: Date.UTC(2024, 0, 1) }), undefined);
    expect(before).toMatchObject({ severity: 'error' });
    const [fine] = await clockFindings(placeOf(), undefined);
    expect(fine).toMatchObject({ severity: 'ok' });
  });

  it.each([
    ['18.20.0', 'warning'],
    ['20.18.9', 'warning'],
    ['20.19.0', 'ok'],
    ['24.0.0', 'ok'],
  ])('Node.js %s: %s', (running, severity) => {
    expect(versionFindings(running)).toMatchObject([{ check: 'versions', severity }]);
  });
});
