import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../tidy/sources.js';

const MADE_S = 1_700_000_000;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'triflow-bundle-'));
  cpSync(join(root, 'node', 'bin'), join(home, 'bin'), { recursive: true });
  mkdirSync(join(home, 'dist', 'cli'), { recursive: true });
  mkdirSync(join(home, 'dist', 'bundle'));
  writeFileSync(join(home, 'dist', 'cli', 'main.js'), 'console.log("modules");\n');
  writeFileSync(join(home, 'dist', 'bundle', 'triflow.mjs'), 'console.log("bundle");\n');
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }\n');
  write('dist/.tsbuildinfo', '', MADE_S - 1);
  write('dist/bundle/inputs.json', '["../.tsbuildinfo"]\n', MADE_S);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, text: string, atS: number): void {
  writeFileSync(join(home, path), text);
  utimesSync(join(home, path), atS, atS);
}

function run(program: string, ...args: string[]): string {
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' }).trim();
}

describe('the program in a few files', () => {
  it('runs while nothing that it was made of is newer', () => {
    expect(run(join(home, 'bin', 'triflow.mjs'))).toBe('bundle');
  });

  it('is left for the modules once one of them was built again', () => {
    write('dist/.tsbuildinfo', '', MADE_S + 1);
    expect(run(join(home, 'bin', 'triflow.mjs'))).toBe('modules');
  });

  it.each([
    ['an input is gone', 'dist/bundle/inputs.json', '["../gone"]\n'],
    ['it was not finished', 'dist/bundle/inputs.json', '["../.tsb'],
    ['its list is none', 'dist/bundle/inputs.json', '{}\n'],
  ])('is left for the modules when %s', (_, path, text) => {
    write(path, text, MADE_S);
    expect(run(join(home, 'bin', 'triflow.mjs'))).toBe('modules');
  });

  it('says the same as the modules', () => {
    const bundled = join(root, 'node', 'dist', 'bundle', 'triflow.mjs');
    const modules = join(root, 'node', 'dist', 'cli', 'main.js');
    for (const args of [['--version'], ['--help'], ['start', '--help'], ['doctor', '--help']]) {
      expect(run(bundled, ...args)).toBe(run(modules, ...args));
    }
  });
});
