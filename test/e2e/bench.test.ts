import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stageNames } from '../bench/options.js';
import { root } from '../tidy/sources.js';

/** As little of everything as a stage can do: whether they measure is asked, not what. */
const SMALL = `--seconds 1 --runs 1 --ramp 0 --warm-up 120 --idle 3 --batch 8 --clients 4
  --missed 64 --keys 60 --claims 20`.split(/\s+/);
/** Others are long, need a browser, or have tests of their own. */
const APART: ReadonlySet<string> = new Set(['execution', 'explorer']);
const stages = stageNames.filter((name) => !APART.has(name));
const SETUP_MS = 300_000;

const run = promisify(execFile);
const resultSchema = z.object({ figures: z.record(z.string(), z.unknown()) });

describe('the benchmark', () => {
  let folder: string;
  let figures: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'triflow-bench-test-'));
    const json = join(folder, 'run.json');
    await bench(['--only', stages.join(','), ...SMALL, '--json', json]);
    ({ figures } = resultSchema.parse(JSON.parse(await readFile(json, 'utf8'))));
  }, SETUP_MS);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(stages)('%s measures: figures, and none that must be more than 0 is 0', (stage) => {
    const numbers = numbersIn(figures[stage], stage);
    expect(numbers.length).toBeGreaterThan(1);
    const empty = numbers.filter(({ path, value }) => !(value > 0) && !MAY_BE_ZERO.test(path));
    expect(empty).toEqual([]);
  });

  it('says in a sentence which argument is wrong, and fails', async () => {
    const failed = bench(['--only', 'closed', '--batch', '0']);
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/batch/) });
  });
});

/** What went wrong in a run, and processor time, which is counted in hundredths of a second. */
const MAY_BE_ZERO = /\.(rejected|refused|processor\w*|nodeUs|nodeMs|readerUs|verificationsWorth)\b/;

function bench(args: readonly string[]) {
  return run(process.execPath, [join(root, 'test/dist/bench/main.js'), ...args]);
}

function numbersIn(value: unknown, path: string): { path: string; value: number }[] {
  if (typeof value === 'number') return [{ path, value }];
  // JSON has no NaN: a figure that was divided by nothing is null.
  if (value === null) return [{ path, value: 0 }];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, `${path}.${name}`));
}
