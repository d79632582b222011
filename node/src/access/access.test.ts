import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOfToken, type PrivilegedRead } from '@triflow/api';
import { merkleRoot } from '@triflow/crypto';
import {
  CodedError,
  encodeCanonical,
  hexFromBytes,
  limits,
  OK,
  type PartyId,
} from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../config.js';
import { openAccessLog } from './accessLogFile.js';
import { type AnchorChain, anchorAccessLog } from './anchorAccessLog.js';
import { TokenFile } from './tokenFile.js';

const PARTY = 'dev:bank' as PartyId;
const NOW_MS = 1_800_000_000_000;
const wanted = { party: PARTY, scopes: ['objects' as const], note: '', nowMs: NOW_MS };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'triflow-access-'));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

function read(subject: string): PrivilegedRead {
  const base = { timeMs: NOW_MS, reader: PARTY, route: 'getObject', requestId: 'rq_1' };
  return { ...base, subjects: [subject], more: 0, height: 7 };
}

describe('read tokens', () => {
  it('are told once, kept as digests for the owner alone, found until they run out', async () => {
    const file = new TokenFile(home);
    const { token, stored } = await file.create({ ...wanted, lifeMs: 1_000 });
    const path = join(home, 'tokens.json');
    expect(await readFile(path, 'utf8')).not.toContain(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const digest = digestOfToken(token);
    expect(stored.sha256).toBe(digest);
    expect(await file.find(digest, NOW_MS)).toEqual({ party: PARTY, scopes: ['objects'] });
    expect(await file.find(digest, NOW_MS + 1_000)).toBeUndefined();
  });

  it('that another process revoked open nothing from now on', async () => {
    const running = new TokenFile(home);
    const { token, stored } = await running.create({ ...wanted, lifeMs: 60_000 });
    expect(await running.find(digestOfToken(token), NOW_MS)).toBeDefined();
    await new TokenFile(home).revoke(stored.id);
    await writeFile(join(home, 'touch'), '');
    expect(await new TokenFile(home).list()).toEqual([]);
    await expect(running.revoke('0123456789ab')).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });
});

describe('the access log', () => {
  it('chains its entries by hash, across restarts, and finds them by subject and reader', async () => {
    const first = await openAccessLog(home);
    await first.append(read('warehouse-receipt/receipt/wr_1'));
    await first.close();
    const second = await openAccessLog(home);
    await second.append(read('warehouse-receipt/receipt/wr_2'));
    const all = await second.query({ limit: 10 });
    expect(all.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(all[1]?.previous).toBe(all[0]?.hash);
    expect(await second.query({ subject: 'wr_2', limit: 10 })).toMatchObject([{ seq: 2 }]);
    expect(await second.query({ reader: 'dev:other', limit: 10 })).toEqual([]);
    expect(await second.query({ after: 1, limit: 10 })).toMatchObject([{ seq: 2 }]);
    await second.close();
  });

  it('is not opened once an entry was altered, taken out or put elsewhere', async () => {
    const log = await openAccessLog(home);
    for (const name of ['wr_1', 'wr_2', 'wr_3']) await log.append(read(name));
    await log.close();
    const path = join(home, 'access.log');
    const lines = (await readFile(path, 'utf8')).split('\n');
    const [a = '', b = '', c = ''] = lines;
    for (const bad of [
      [a, b.replace('wr_2', 'wr_9'), c],
      [a, c],
      [b, a, c],
      [a, 'no json', c],
    ]) {
      await writeFile(path, `${bad.join('\n')}\n`);
      await expect(openAccessLog(home)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    }
    await writeFile(path, `${[a, b, c].join('\n')}\n`);
    await appendFile(path, '{"torn');
    const mended = await openAccessLog(home);
    await mended.append(read('wr_4'));
    await mended.close();
    const again = await openAccessLog(home);
    expect(await again.query({ after: 3, limit: 10 })).toMatchObject([{ subjects: ['wr_4'] }]);
    await again.close();
  });

  it('is bounded on disk: the oldest anchored entries go, and the chain of hashes stays', async () => {
    const bytesMax = 4_000;
    const path = join(home, 'access.log');
    const log = await openAccessLog(home, bytesMax);
    for (let i = 1; i <= 40; i += 1) {
      await log.append(read(`wr_${i}`));
      await log.noteAnchored(i);
      expect((await stat(path)).size).toBeLessThanOrEqual(bytesMax + 100);
    }
    expect(await log.query({ after: 39, limit: 9 })).toMatchObject([{ seq: 40, anchored: true }]);
    expect((await stat(`${path}.old`)).size).toBeLessThanOrEqual(bytesMax + 100);
    await log.append(read('wr_41'));
    const [oldest] = await log.query({ limit: 1 });
    expect(oldest?.seq).toBeGreaterThan(20);
    expect(await log.pendingAnchor()).toMatchObject({ from: 41, to: 41 });
    await log.close();
    const again = await openAccessLog(home, bytesMax);
    expect(await again.pendingAnchor()).toMatchObject({ from: 41, to: 41 });
    expect(await again.query({ limit: 1 })).toEqual([oldest]);
    await again.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.filter((_, index) => index !== 1).join('\n'));
    await expect(openAccessLog(home, bytesMax)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('takes no more when it is full of what no anchor covers, until one does', async () => {
    const log = await openAccessLog(home, 2_000);
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await log.append(read('wr_1'));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'STORE_FULL' });
    const held = await log.query({ limit: 100 });
    expect(held.map(({ seq }) => seq)).toEqual(held.map((_, index) => index + 1));
    await log.noteAnchored(held.length);
    await log.append(read('wr_2'));
    const [first] = await log.query({ limit: 100 });
    expect(first?.seq).toBeGreaterThan(1);
    await log.close();
  });

  it('holds no entries in memory, only a place of the file for every so many', async () => {
    const every = limits.accessLogMarkEvery;
    const log = await openAccessLog(home);
    for (let i = 1; i <= 3 * every; i += 1) await log.append(read(`wr_${i}`));
    expect(log.marks()).toBe(3);
    const seqs = async (after: number, limit: number) => {
      return (await log.query({ after, limit })).map(({ seq }) => seq);
    };
    for (const after of [0, 1, every - 1, every, every + 1, 3 * every - 2]) {
      expect(await seqs(after, 2)).toEqual([after + 1, after + 2]);
    }
    expect(await seqs(3 * every, 9)).toEqual([]);
    expect(await log.query({ subject: `wr_${2 * every}`, limit: 9 })).toHaveLength(1);
    await log.close();
    const again = await openAccessLog(home);
    expect(again.marks()).toBe(3);
    expect((await again.query({ after: 3 * every - 1, limit: 9 })).length).toBe(1);
    await again.close();
  });

  it('is checked where it is read: a line changed under a running node is not shown', async () => {
    const log = await openAccessLog(home);
    for (const name of ['wr_1', 'wr_2']) await log.append(read(name));
    const path = join(home, 'access.log');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('wr_1', 'wr_7'));
    const damaged = { code: 'STORE_CORRUPT' };
    await expect(log.query({ limit: 10 })).rejects.toMatchObject(damaged);
    await expect(log.pendingAnchor()).rejects.toMatchObject(damaged);
    await writeFile(path, 'x'.repeat(text.length));
    await expect(log.query({ subject: 'wr_2', limit: 1 })).resolves.toEqual([]);
    await log.close();
    await writeFile(path, `${'x'.repeat(limits.accessLogLineMax + 300_000)}\n`);
    await expect(openAccessLog(home)).rejects.toMatchObject(damaged);
  });

  it('reads what stood there when a read began, while the log is cut and goes on', async () => {
    const log = await openAccessLog(home, 4_000);
    for (let i = 1; i <= 9; i += 1) await log.append(read(`wr_${i}`));
    await log.noteAnchored(9);
    const first = log.query({ limit: 100 });
    for (let i = 10; i <= 14; i += 1) await log.append(read(`wr_${i}`));
    expect((await first).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const now = (await log.query({ limit: 100 })).map(({ seq }) => seq);
    expect(now[0]).toBeGreaterThan(1);
    expect(now.at(-1)).toBe(14);
    await log.close();
  });

  it('of a node without a folder behaves the same', async () => {
    const log = await openAccessLog(undefined, 4_000);
    for (let i = 1; i <= 40; i += 1) {
      await log.append(read(`wr_${i}`));
      await log.noteAnchored(i);
    }
    expect(await log.query({ after: 39, limit: 9 })).toMatchObject([{ seq: 40, anchored: true }]);
    const [oldest] = await log.query({ limit: 1 });
    expect(oldest?.seq).toBeGreaterThan(20);
    await log.append(read('wr_41'));
    expect(await log.pendingAnchor()).toMatchObject({ from: 41, to: 41 });
    await log.close();
  });

  it('is anchored by the Merkle root of what no anchor covers, once the chain has it', async () => {
    const log = await openAccessLog(home);
    const chain = (submit: AnchorChain['submit'], to = 0) => ({ submit, anchoredTo: () => to });
    const { signal } = new AbortController();
    const takes = chain(async () => OK);
    expect(await anchorAccessLog(log, takes, signal)).toEqual([]);
    await log.append(read('wr_1'));
    await log.append(read('wr_2'));
    const refused = { contract: 'governance', number: 100, code: 'no' };
    expect(
      await anchorAccessLog(
        log,
        chain(async () => refused),
        signal,
      ),
    ).toEqual([]);
    const down = chain(() => Promise.reject(new CodedError('OUTCOME_UNKNOWN', 'down')));
    await expect(anchorAccessLog(log, down, signal)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(await log.pendingAnchor()).toMatchObject({ from: 1, to: 2 });
    const hashes = (await log.query({ limit: 10 })).map(({ hash }) => encodeCanonical(hash));
    const root = `sha256:${hexFromBytes(merkleRoot(hashes))}`;
    expect(await anchorAccessLog(log, takes, signal)).toEqual([{ from: 1, to: 2, root }]);
    expect(await log.pendingAnchor()).toBeUndefined();
    await log.append(read('wr_3'));
    await log.close();
    const again = await openAccessLog(home);
    expect(await again.pendingAnchor()).toMatchObject({ from: 3, to: 3 });
    const anchored = (await again.query({ limit: 10 })).map((entry) => entry.anchored);
    expect(anchored).toEqual([true, true, false]);
    // The chain took one whose outcome the node never saw: it is not sent again.
    expect(
      await anchorAccessLog(
        again,
        chain(async () => refused, 3),
        signal,
      ),
    ).toEqual([]);
    expect(await again.pendingAnchor()).toBeUndefined();
    const beyond = chain(async () => OK, 9);
    await expect(anchorAccessLog(again, beyond, signal)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
    await again.close();
  });
});

describe('where a node listens', () => {
  const text = (http: string) => `[node]
[demoKeys]
label = "v1"
[p2p]
port = 1
[ops]
port = 2
[http]
port = 3
${http}`;

  it('is loopback, unless it has TLS or the operator says that something in front has', () => {
    const beyond = text('host = "0.0.0.0"');
    expect(() => parseConfig(beyond, 'x')).toThrow(/not loopback/);
    expect(parseConfig(beyond, 'x', { insecureHttp: true }).http.host).toBe('0.0.0.0');
    const tls = 'tls = { key = "k.pem", cert = "c.pem" }';
    expect(parseConfig(text(`host = "0.0.0.0"\n${tls}`), 'x').http.tls?.key).toBe('k.pem');
    expect(parseConfig(text(''), 'x').access.reads).toBe('roles');
  });
});
