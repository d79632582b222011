import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeHome } from './home.js';

it('a folder that cannot be written is named in one sentence', async () => {
  const place = await mkdtemp(join(tmpdir(), 'triflow-home-'));
  const file = join(place, 'file');
  await writeFile(file, '');
  await makeHome(join(place, 'new', 'one'));
  await expect(makeHome(join(file, 'under'))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/cannot be written: give another folder with --dir$/),
  });
  await rm(place, { recursive: true });
});
