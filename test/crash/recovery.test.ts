import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLevelStore, prefixes } from '@triflow/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamageLab } from './damageLab.js';
import { wrongsOf } from './damageRuns.js';
import { damageStore } from './damages.js';

describe('the way back of a damaged validator', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-recovery-'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  it('state and a block: rebuilt up to it, the rest from peers, nothing signed up to the log', async () => {
    const lab = await DamageLab.create(join(dir, 'both'));
    const outcome = await lab.files(async (data) => {
      lab.mayFallBack();
      const kv = await openLevelStore(join(data, 'db'));
      await damageStore(kv, 'state node', 'bit flip', lab.older);
      await damageStore(kv, 'block', 'bit flip', lab.older);
      await kv.close();
    });
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect([outcome.rebuilt, outcome.quarantined]).toEqual([true, true]);
    await lab.close();
  });

  it('a database that cannot even be opened is rebuilt from what is left of it', async () => {
    const lab = await DamageLab.create(join(dir, 'manifest'));
    const outcome = await lab.files(async (data) => {
      lab.mayFallBack();
      for (const name of await readdir(join(data, 'db'))) {
        if (/MANIFEST|CURRENT/.test(name)) await rm(join(data, 'db', name));
      }
    });
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.rebuilt).toBe(true);
    await lab.close();
  });

  it('a second time while the first damaged copy lies there: refused, with what to do', async () => {
    const lab = await DamageLab.create(join(dir, 'twice'));
    const outcome = await lab.files(async (data) => {
      await mkdir(join(data, 'aside-damaged', 'db'), { recursive: true });
      const kv = await openLevelStore(join(data, 'db'));
      await damageStore(kv, 'state node', 'bit flip', lab.older);
      await kv.close();
    });
    expect(outcome.refused).toMatch(/damaged again .* triflow doctor .*aside-damaged/);
    expect(lab.failures()).toEqual([]);
    await lab.close();
  });

  it('a crash while the rebuild executes blocks: the next start begins it again', async () => {
    const lab = await DamageLab.create(join(dir, 'midway'));
    const outcome = await lab.files(async (data) => {
      const kv = await openLevelStore(join(data, 'db'));
      await damageStore(kv, 'state node', 'bit flip', lab.older);
      await kv.close();
      // Half of a rebuild: a database with a few blocks of the old one, and nothing to close it.
      await cp(join(data, 'db'), join(data, 'db.rebuilding'), { recursive: true });
      await rm(join(data, 'db.rebuilding', 'CURRENT'));
    });
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.rebuilt).toBe(true);
    await lab.close();
  });

  it('a crash before the rebuilt database has its place: the next start gives it that', async () => {
    const lab = await DamageLab.create(join(dir, 'moved'));
    let before: string[] = [];
    const outcome = await lab.files(async (data) => {
      await writeFile(join(data, 'damaged'), 'a record of state');
      await mkdir(join(data, 'aside-damaged'));
      await cp(join(data, 'db'), join(data, 'aside-damaged', 'db'), { recursive: true });
      await rename(join(data, 'db'), join(data, 'db.rebuilding'));
      before = await readdir(data);
    });
    expect(before).not.toContain('db');
    expect(outcome.refused).toBeUndefined();
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.quarantined).toBe(false);
    await lab.close();
  });

  it('P6: candidate bodies gone: the height goes on without this node’s signature', async () => {
    const lab = await DamageLab.create(join(dir, 'bodies'));
    await lab.stopMidway();
    const outcome = await lab.files(async (data) => {
      const bodies = join(data, 'consensus', 'candidates');
      for (const name of await readdir(bodies)) {
        const bytes = new Uint8Array(await readFile(join(bodies, name)));
        await writeFile(join(bodies, name), bytes.with(60, (bytes[60] ?? 0) ^ 1));
      }
    });
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.quarantined).toBe(true);
    await lab.close();
  });

  it('the expiry list lacks ids that the state holds: rebuilt before anything is signed', async () => {
    const lab = await DamageLab.create(join(dir, 'expiry'));
    const outcome = await lab.files(async (data) => {
      const kv = await openLevelStore(join(data, 'db'));
      const range = {
        from: Uint8Array.of(prefixes.expiry),
        to: Uint8Array.of(prefixes.expiry + 1),
      };
      for await (const [key] of kv.range({ ...range, limit: 1 })) {
        await kv.write([{ kind: 'delete', key }], { sync: true });
      }
      await kv.close();
    });
    expect(lab.failures()).toEqual([]);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.rebuilt).toBe(true);
    await lab.close();
  });
});
