import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBanList } from './banList.js';

const ban = (peerId: string) => ({ peerId, note: 'why', since: '2026-11-21T12:00:00.000Z' });

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-bans-'));
});

afterAll(() => rm(dir, { recursive: true }));

describe('whom a node keeps out', () => {
  it('is kept over a start, for its owner’s eyes, until it is taken off', async () => {
    const list = await openBanList(dir);
    await list.add(ban('peer-1'));
    await list.add(ban('peer-2'));
    expect((await stat(join(dir, 'bans.json'))).mode & 0o777).toBe(0o600);
    await list.remove('peer-1');
    const again = await openBanList(dir);
    expect(again.list()).toEqual([ban('peer-2')]);
    expect([again.has('peer-1'), again.has('peer-2')]).toEqual([false, true]);
    await expect(again.remove('peer-1')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  it('lasts as long as the node where there is no home, and has a maximum', async () => {
    const list = await openBanList('');
    for (let at = 0; at < limits.bannedPeersMax; at += 1) await list.add(ban(`peer-${at}`));
    await list.add(ban('peer-0'));
    await expect(list.add(ban('one more'))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await openBanList('')).list()).toEqual([]);
  });

  it.each([
    '',
    '{',
    '{}',
    '{"format":"triflow/bans/2","bans":[]}',
    '{"format":"triflow/bans/1","bans":[{}]}',
  ])('a damaged file is no empty one: %j', async (text) => {
    const home = await mkdtemp(join(dir, 'home-'));
    await writeFile(join(home, 'bans.json'), text);
    await expect(openBanList(home)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
