import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamageLab } from './damageLab.js';
import { allCases, type DamageCase, runDamage } from './damageRuns.js';
import { loggedTypes, storedTypes } from './damages.js';

const CASES_MIN = 35;
/** Types for which an old record has a good checksum. */
const WITH_OLD_COPIES = ['state', 'state node', 'index', 'head'];

/** With every change; `pnpm damage` runs all of them. */
function isEveryCommit({ type, kind, when }: DamageCase): boolean {
  if (kind === 'stale copy') return WITH_OLD_COPIES.includes(type) && when === 'at rest';
  return kind === 'bit flip' || (kind === 'truncation' && when === 'at rest');
}

describe('damage to a validator’s disk is found, not served, not signed upon, and mended', () => {
  let dir: string;
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-damage-'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  it('the canary: a node that believes what its disk gives fails', async () => {
    const lab = await DamageLab.create(join(dir, 'canary'), { blind: true });
    const seen = await lab.store('state', 'stale copy', 'at rest').then(
      ({ findings }) => [...lab.failures(), ...findings],
      (error: unknown) => [error],
    );
    expect(seen).not.toEqual([]);
  });

  for (const type of [...storedTypes, ...loggedTypes]) {
    it(`${type}`, async () => {
      const cases = allCases().filter((one) => one.type === type && isEveryCommit(one));
      count += cases.length;
      expect(await runDamage(dir, cases)).toEqual([]);
    });
  }

  it('no case was left out', () => {
    const expected = allCases().filter(isEveryCommit).length;
    expect(expected).toBeGreaterThanOrEqual(CASES_MIN);
    expect(count).toBe(expected);
  });
});
