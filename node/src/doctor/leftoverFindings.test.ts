import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishRebuild } from '../openStores.js';
import { leftoverFindings } from './leftoverFindings.js';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'triflow-leftovers-'));
});
afterEach(() => rm(data, { recursive: true }));

async function make(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) await mkdir(join(data, folder), { recursive: true });
}

async function named(): Promise<unknown[]> {
  return (await leftoverFindings(data)).map(({ details }) => details?.finding);
}

describe('what the doctor says of leftovers', () => {
  it('is nothing of a folder that has none', async () => {
    await make('db', 'consensus');
    expect(await leftoverFindings(data)).toEqual([]);
    expect(await leftoverFindings(join(data, 'nowhere'))).toEqual([]);
  });

  it('aside-damaged: rebuilt, a second damage is refused, and when it may be deleted', async () => {
    await make('db', 'aside-damaged/db');
    const [finding] = await leftoverFindings(data);
    expect(finding).toMatchObject({ severity: 'warning', details: { finding: 'aside_damaged' } });
    expect(finding?.what).toMatch(/rebuilt from its blocks.*refused \(exit code 14\)/);
    expect(finding?.next).toMatch(/look at the disk.*delete the folder once/);
  });

  it('what --fix put aside: unused, and its log never comes back', async () => {
    await make('db', 'aside-2026-11-21T10-00-00-000Z/consensus');
    const [finding] = await leftoverFindings(data);
    expect(finding).toMatchObject({ severity: 'note', details: { finding: 'put_aside' } });
    expect(finding?.next).toMatch(/never put its consensus log back/);
  });

  it('a rebuild cut off: before the new database is complete, and in its last step', async () => {
    await make('db', 'db.rebuilding');
    expect(await named()).toEqual(['rebuild_unfinished']);
    await rm(join(data, 'db'), { recursive: true });
    await make('aside-damaged/db');
    const [finding] = await leftoverFindings(data);
    expect(finding?.what).toMatch(/the new one is complete/);
    expect(finding?.next).toMatch(/triflow start/);
  });

  it('a mark of damage: the next start rebuilds', async () => {
    await make('db');
    await writeFile(join(data, 'damaged'), 'a record of state\n');
    const [finding] = await leftoverFindings(data);
    expect(finding?.what).toMatch(/met damage.*a record of state$/);
  });
});

describe('the last step of a rebuild', () => {
  it('cut off by a crash leaves no mark of the old database, and the next start ends it', async () => {
    await make('db.rebuilding', 'aside-damaged/db');
    await writeFile(join(data, 'damaged'), 'a record of state');
    const crash = (): Promise<void> => Promise.reject(new TypeError('the power fails'));
    await expect(finishRebuild(data, crash)).rejects.toThrow('the power fails');
    expect((await readdir(data)).sort()).toEqual(['aside-damaged', 'db.rebuilding']);
    await finishRebuild(data);
    expect((await readdir(data)).sort()).toEqual(['aside-damaged', 'db']);
    await finishRebuild(data);
    expect(await named()).toEqual(['aside_damaged']);
  });

  it('is not taken for one that has only begun', async () => {
    await make('db', 'db.rebuilding');
    await finishRebuild(data);
    expect((await readdir(data)).sort()).toEqual(['db', 'db.rebuilding']);
  });
});
