import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { openCandidateStore } from './candidateStore.js';
import { sampleHash } from './commitSamples.js';
import { type FileSystem, nodeFileSystem } from './fileSystem.js';
import { MemoryFileSystem } from './memoryFileSystem.js';

const DIR = '/data/bodies';

describe('P6: the store of candidate bodies', () => {
  it('gives back what was saved, also after a restart, on real files too', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'triflow-bodies-'));
    const places: [FileSystem, string][] = [
      [new MemoryFileSystem(), DIR],
      [nodeFileSystem, join(dir, 'bodies')],
    ];
    for (const [fs, at] of places) {
      const store = await openCandidateStore({ fs, dir: at });
      await Promise.all([1, 2, 3].map((number) => store.saveBody(id(number), body(number))));
      await store.saveBody(id(4), new Uint8Array());
      await store.close();
      const again = await openCandidateStore({ fs, dir: at });
      for (const number of [1, 2, 3]) {
        expect(await again.loadBody(id(number))).toEqual(body(number));
      }
      expect(await again.loadBody(id(4))).toEqual(new Uint8Array());
      expect(await again.loadBody(id(5))).toBeUndefined();
      expect(again.held().sort()).toEqual([1, 2, 3, 4].map(id).sort());
      await again.close();
    }
    await rm(dir, { recursive: true });
  });

  it('has a body durable when saving resolves, whatever a crash keeps of the rest', async () => {
    for (let kept = 0; kept < 3; kept += 1) {
      const fs = new MemoryFileSystem();
      const store = await openCandidateStore({ fs, dir: DIR });
      await store.saveBody(id(1), body(1));
      store.keepOnly([]);
      await store.saveBody(id(2), body(2));
      const unfinished = store.saveBody(id(3), body(3));
      fs.crash((bound) => kept % bound);
      await unfinished.catch(() => undefined);
      const again = await openCandidateStore({ fs, dir: DIR });
      expect(await again.loadBody(id(2))).toEqual(body(2));
      expect([undefined, body(3)]).toContainEqual(await again.loadBody(id(3)));
    }
  });

  it('uses the files of forgotten bodies again, one sync a body', async () => {
    const fs = new MemoryFileSystem();
    const store = await openCandidateStore({ fs, dir: DIR });
    await store.saveBody(id(0), body(9));
    const kinds: string[] = [];
    fs.onOperation = ({ kind }) => {
      kinds.push(kind);
      return 'none';
    };
    for (let number = 1; number < 5; number += 1) {
      store.keepOnly([]);
      await store.saveBody(id(number), body(number));
    }
    expect(kinds).toEqual(Array.from({ length: 4 }, () => ['write', 'sync']).flat());
    expect(await fs.list(DIR)).toHaveLength(1);
    expect(store.held()).toEqual([id(4)]);
    expect(await store.loadBody(id(3))).toBeUndefined();
  });

  it('saves a body once, also when asked twice at the same time', async () => {
    const fs = new MemoryFileSystem();
    const store = await openCandidateStore({ fs, dir: DIR });
    let writes = 0;
    fs.onOperation = ({ kind }) => {
      writes += kind === 'write' ? 1 : 0;
      return 'none';
    };
    const loading = store.saveBody(id(1), body(1)).then(() => store.loadBody(id(1)));
    await Promise.all([loading, store.saveBody(id(1), body(1)), store.loadBody(id(1))]);
    await store.saveBody(id(1), body(1));
    expect(writes).toBe(1);
    expect(await loading).toEqual(body(1));
  });

  it('never serves a damaged body, and takes it anew', async () => {
    const length = body(1).length + 44;
    for (let at = 0; at < length; at += at < 50 ? 1 : 37) {
      const fs = new MemoryFileSystem();
      const store = await openCandidateStore({ fs, dir: DIR });
      await store.saveBody(id(1), body(1));
      fs.damage(`${DIR}/body-000`, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ 0x10));
      expect(await store.loadBody(id(1))).toBeUndefined();
      const again = await openCandidateStore({ fs, dir: DIR });
      expect(again.held()).toEqual([]);
      await again.saveBody(id(1), body(1));
      expect(await again.loadBody(id(1))).toEqual(body(1));
    }
  });

  it('makes a new file beside those that a crash left, without touching them', async () => {
    const fs = new MemoryFileSystem();
    const store = await openCandidateStore({ fs, dir: DIR });
    for (const number of [1, 2, 3]) await store.saveBody(id(number), body(number));
    await fs.remove(`${DIR}/body-001`);
    const again = await openCandidateStore({ fs, dir: DIR });
    await again.saveBody(id(4), body(4));
    for (const number of [1, 3, 4]) {
      expect(await again.loadBody(id(number))).toEqual(body(number));
    }
  });

  it('reports a failing disk, and does not use that file again', async () => {
    const fs = new MemoryFileSystem();
    const store = await openCandidateStore({ fs, dir: DIR });
    fs.onOperation = ({ kind }) => (kind === 'sync' ? 'fail' : 'none');
    await expect(store.saveBody(id(1), body(1))).rejects.toMatchObject({ code: 'STORE_FULL' });
    fs.onOperation = undefined;
    expect(store.held()).toEqual([]);
    await store.saveBody(id(2), body(2));
    expect(await fs.list(DIR)).toHaveLength(2);
  });

  it('R-M4: stops a caller that never forgets', async () => {
    const store = await openCandidateStore({ fs: new MemoryFileSystem(), dir: DIR });
    const saveAll = async () => {
      for (let number = 0; ; number += 1) await store.saveBody(id(number), body(1));
    };
    await expect(saveAll()).rejects.toThrow('keepOnly');
    expect(store.held().length).toBe(2 * limits.candidateBodiesMax);
    await expect(store.saveBody(id(99), new Uint8Array(18 * 1024 * 1024))).rejects.toThrow('over');
  });
});

function id(number: number) {
  return sampleHash(1, number);
}

function body(number: number): Uint8Array {
  return new Uint8Array(1_000 - 100 * number).fill(number);
}
