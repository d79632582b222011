import { MemoryFileSystem, type OpenFile } from '@triflow/storage';
import { describe, expect, it } from 'vitest';
import type { SimMember } from '../simulation/world.js';
import { type CrashRunOptions, crashModes, crashRun } from './crashRun.js';
import { type SweepResult, sweep } from './sweep.js';

const STEPS_MIN = 60;

describe('crash points', () => {
  it('the canary: a disk that forgets what it was told to keep fails', async () => {
    const liars: Record<string, (member: SimMember) => void> = {
      'files without fsync': (member) => {
        member.fs = new ForgetfulFiles('sync');
      },
      'directories without fsync': (member) => {
        member.fs = new ForgetfulFiles('syncDirectory');
      },
      'batches without sync': ({ disk }) => {
        const write = disk.write.bind(disk);
        disk.write = (operations) => write(operations, false);
      },
    };
    for (const [name, spoil] of Object.entries(liars)) {
      expect([name, await anyFailure({ nodes: 1, heights: 4, points: [], spoil })]).toEqual([
        name,
        true,
      ]);
    }
  });

  it('one node, three heights: every step before, after, torn and with any subset of it', async () => {
    const result = await sweep({ ...three, nodes: 1 });
    expect(result.failures).toEqual([]);
    expectAll(result);
  });

  it('one of four nodes: the others go on, and it comes back without contradicting itself', async () => {
    const result = await sweep({ ...three, nodes: 4, heights: 1, part: { index: 1, of: 2 } });
    expect(result.failures).toEqual([]);
    expect(result.steps).toBeGreaterThanOrEqual(STEPS_MIN / 3);
  });

  it('all four nodes at once', async () => {
    const part = { index: 0, of: 5 };
    const result = await sweep({ ...three, nodes: 4, heights: 2, allNodes: true, part });
    expect(result.failures).toEqual([]);
  });

  it('the node that comes back may be stopped at once, whatever it has still to sign', async () => {
    const run = { nodes: 1, heights: 4, seed: 1 };
    const steps = (await crashRun({ ...run, points: [] })).steps[0] ?? 0;
    expect(steps).toBeGreaterThanOrEqual(STEPS_MIN);
    for (let step = 0; step < steps; step += 1) {
      const points = [{ step, mode: 'after' }] as const;
      const { failures, met } = await crashRun({ ...run, points, stopsAtOnce: true });
      expect({ step, failures, met }).toEqual({ step, failures: [], met: 1 });
    }
  });

  it('again in the start that follows', async () => {
    const part = { index: 5, of: 24 };
    const result = await sweep({ ...three, nodes: 1, recovery: true, part });
    expect(result.failures).toEqual([]);
    expect(result.runs['torn in recovery']).toBeGreaterThan(5);
  });
});

const three = { heights: 3, allNodes: false, recovery: false, seed: 1 };

function expectAll({ steps, runs, kinds }: SweepResult): void {
  expect(steps).toBeGreaterThanOrEqual(STEPS_MIN);
  for (const mode of [...crashModes, 'refused', 'lied'])
    expect([mode, runs[mode]]).toEqual([mode, steps]);
  for (const kind of ['write', 'sync', 'rename', 'syncDirectory', 'create', 'batch']) {
    expect([kind, (kinds[kind] ?? 0) > 1]).toEqual([kind, true]);
  }
}

async function anyFailure(options: CrashRunOptions): Promise<boolean> {
  const steps = (await crashRun(options)).steps[0] ?? 0;
  for (let step = steps - 20; step < steps; step += 1) {
    const report = await crashRun({ ...options, points: [{ step, mode: 'before' }] });
    if (report.failures.length > 0) return true;
  }
  return false;
}

/** A file system with one kind of sync that does nothing. */
class ForgetfulFiles extends MemoryFileSystem {
  readonly #forgotten: 'sync' | 'syncDirectory';

  constructor(forgotten: 'sync' | 'syncDirectory') {
    super();
    this.#forgotten = forgotten;
  }

  override async open(path: string, mode: 'existing' | 'create' | 'truncate'): Promise<OpenFile> {
    const file = await super.open(path, mode);
    return this.#forgotten === 'sync' ? { ...file, sync: async () => undefined } : file;
  }

  override async syncDirectory(path: string): Promise<void> {
    if (this.#forgotten !== 'syncDirectory') await super.syncDirectory(path);
  }
}
