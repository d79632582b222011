import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { root, typescriptFiles } from './sources.js';

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
