import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The same random histories under two machines' settings (Node version, time zone, language) must
 * end in the same states, and what is signed and hashed must be the same bytes: `pnpm settings`.
 */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
/** Every contract's random walks, and those of the units. */
const HISTORIES = 'packages/contracts/src';
const WALKS = 'nvariants.test.ts';
const BYTES = ['packages/crypto', 'packages/protocol', 'packages/epcis'];
const DIGESTS_MIN = 4_000;

const here = { TZ: 'Asia/Shanghai', LC_ALL: 'zh_CN.UTF-8', LANG: 'zh_CN.UTF-8' };
const elsewhere = { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };

const other = process.env.TRIFLOW_OTHER_NODE?.split(' ') ?? ['npx', '-y', 'node@24'];
const version = run(other, ['--version'], {});
process.stdout.write(`here ${process.version}, elsewhere ${version.trim()}\n`);

const one = histories([process.execPath], here);
const two = histories(other, elsewhere);
const same = one.length === two.length && one.every((digest, at) => digest === two[at]);
process.stdout.write(
  `${one.length} and ${two.length} histories, ${same ? 'equal' : 'DIFFERENT'}\n`,
);
const enough = one.length >= DIGESTS_MIN;
if (!enough) process.stdout.write(`at least ${DIGESTS_MIN} histories are wanted\n`);

run(other, [VITEST, 'run', '--project', 'unit', ...BYTES], elsewhere);
process.stdout.write(`signatures, encodings and hashes: equal under ${version.trim()}\n`);
process.exitCode = same && enough ? 0 : 1;

function histories(node: readonly string[], settings: Record<string, string>): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'triflow-settings-')), 'digests');
  const tests = walks();
  run(node, [VITEST, 'run', '--project', 'unit', ...tests], {
    ...settings,
    TRIFLOW_DIGESTS: file,
  });
  return readFileSync(file, 'utf8').trimEnd().split('\n').sort();
}

/** The test files that play random histories. */
function walks(): string[] {
  const names = readdirSync(join(ROOT, HISTORIES), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(WALKS)).map((name) => join(HISTORIES, name));
}

function run(
  node: readonly string[],
  args: readonly string[],
  env: Record<string, string>,
): string {
  const [command = process.execPath, ...first] = node;
  const ended = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1_024 * 1_024,
  });
  if (ended.status === 0) return ended.stdout;
  process.stdout.write(`${ended.stdout}\n${ended.stderr}\n`);
  process.stdout.write(`settings: ${[...node, ...args].join(' ')} ended with ${ended.status}\n`);
  process.exit(1);
}
