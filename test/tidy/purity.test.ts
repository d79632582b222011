import { describe, expect, it } from 'vitest';
import { codeOnly, productFiles } from './sources.js';

const PURE = [
  'packages/protocol',
  'packages/crypto',
  'packages/consensus',
  'packages/ledger',
  'packages/contracts',
  'packages/epcis',
  'packages/mempool',
];

/** Words that would let a machine, a moment or a build of Node change a result. */
const FORBIDDEN: readonly [string, RegExp][] = [
  ['Date', /\bDate\b/],
  ['Math.random', /Math\.random/],
  ['a timer', /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/],
  ['process', /\bprocess\./],
  ['console', /\bconsole\./],
  ['the network', /\bfetch\(/],
  ['Intl', /\bIntl\b/],
  ['locale', /localeCompare|toLocale/],
  ['Unicode tables', /\.normalize\(|\.toUpperCase\(|\.toLowerCase\(|\\p\{/],
  ['parseFloat', /\bparseFloat\b/],
  ['a bare sort of text', /\.(sort|toSorted)\(\)/],
];

describe('purity', () => {
  it.each(PURE)('%s names nothing impure', (folder) => {
    const wrong: string[] = [];
    const files = productFiles(folder).filter(({ path }) => !/Native\.ts$/.test(path));
    expect(files.length).toBeGreaterThan(1);
    for (const { path, text } of files) {
      const code = codeOnly(text);
      for (const [name, pattern] of FORBIDDEN)
        if (pattern.test(code)) wrong.push(`${path}: ${name}`);
      if (/from 'node:/.test(text)) wrong.push(`${path}: node:*`);
    }
    expect(wrong).toEqual([]);
  });

  it('only queries of a contract may wait', () => {
    const wrong: string[] = [];
    for (const folder of PURE) {
      for (const { path, text } of productFiles(folder)) {
        const may =
          /queries?(\/|\.ts)|\/views\/|signer\.ts|ports\.ts|contract\.ts|[kK]it\.ts|defineContract\.ts|readThrough\.ts/;
        if (may.test(path)) continue;
        if (/\b(async|await)\b/.test(codeOnly(text))) wrong.push(path);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('the canary: an impure line is found', () => {
    const code = codeOnly('const now = Date.now(); // Math.random');
    const found = FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(([name]) => name);
    expect(found).toEqual(['Date']);
  });
});
