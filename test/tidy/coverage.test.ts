import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { isTest, root, typescriptFiles } from './sources.js';

describe('words that must be used', () => {
  const files = typescriptFiles();

  it('every limit is used', () => {
    const code = files
      .filter(({ path }) => path !== 'packages/protocol/src/limits.ts')
      .map(({ text }) => text)
      .join('\n');
    const unused = Object.keys(limits).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
    expect(unused).toEqual([]);
  });

  it('every code of the problem registry is named by a test', () => {
    const registry = 'packages/protocol/src/errorCodes.ts';
    const code = files.filter(({ path }) => path !== registry && !path.startsWith('test/tidy/'));
    const tests = code.filter(({ path }) => isTest(path)).map(({ text }) => text);
    const product = code.filter(({ path }) => !isTest(path)).map(({ text }) => text);
    const missingIn = (texts: readonly string[]) => {
      const all = texts.join('\n');
      // A fault of pure code goes by the same word in small letters.
      const isIn = (name: string) => new RegExp(`\\b${name}\\b|'${name.toLowerCase()}'`).test(all);
      return Object.keys(errorCodes).filter((name) => !isIn(name));
    };
    expect(Object.keys(errorCodes).length).toBeGreaterThan(50);
    expect({ untested: missingIn(tests), unused: missingIn(product) }).toEqual({
      untested: [],
      unused: [],
    });
  });

  it('every rule of the round machine is named by a test', () => {
    const spec = readFileSync(join(root, 'packages/consensus/SPEC.md'), 'utf8');
    const rules = new Set(spec.match(/\*\*R-(\d\d|VALID|ASK|HALT|SYNCED)\b/g));
    const tests = files
      .filter(({ path }) => path.startsWith('packages/consensus/') && path.endsWith('.test.ts'))
      .map(({ text }) => text)
      .join('\n');
    const untested = [...rules]
      .map((rule) => rule.slice(2))
      .filter((rule) => !tests.includes(rule));
    expect(rules.size).toBeGreaterThan(10);
    expect(untested).toEqual([]);
  });
});
