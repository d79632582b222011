import { describe, expect, it } from 'vitest';
import { typescriptFiles } from './sources.js';

/** How many invariants of each letter the contracts promise. */
const INVARIANTS = {
  P: 4,
  G: 4,
  O: 4,
  D: 9,
  E: 8,
  L: 5,
  F: 7,
  M: 5,
  T: 4,
  N: 3,
  Q: 2,
  A: 4,
  K: 4,
} as const;

const RULES = 14;

/** The fraud suite: each case is stopped or flagged by a test that carries its name. */
const FRAUDS = [
  'duplicate receipts',
  'one cargo, many pledges',
  'forged receipt',
  'goods not as described',
  'invoice financed twice',
  'fictitious receivable',
  'circular trade',
  'void floating pledge',
  'night truck',
  'stage doubling',
  'livestock swap',
  'hidden temperature gap',
  'price gaming',
  'proof reused',
  'reading reused',
  'voucher stretches terms',
] as const;

/** Articles and rules that the contracts answer to; bare numbers are of the Civil Code. */
const ARTICLES = [
  '201',
  '202',
  '203',
  '394',
  '401',
  '403',
  '404',
  '410',
  '411',
  '414',
  '415',
  '416',
  '428',
  '431',
  '433',
  '434',
  '436',
  '438',
  '441',
  '442',
  '445',
  '456',
  '457',
  '545',
  '546',
  '547',
  '548',
  '549',
  '560',
  '561',
  '763',
  '765',
  '766',
  '767',
  '768',
  '908',
  '909',
  '910',
  '911',
  'Interp. 45',
  'Interp. 54',
  'Interp. 55',
  'Interp. 56',
  'Interp. 57',
  'Interp. 59(1)',
  'Interp. 59(2)',
  'Interp. 59(3)',
  'Interp. 61(1)',
  'Interp. 61(2)',
  'Interp. 66',
  'Interp. 68',
  'CI 48, 50',
  'CI 49',
  'SME 9, 10',
  'SME 11',
  'SME 15-17',
  '银发〔2025〕77号',
  '动产和权利担保统一登记办法 2',
  'V 26',
  'V 35, 36',
  'V 37, 39',
  'V 38-40',
  'V 46, 73',
  'WHO',
] as const;

const TITLE =
  /\b(?:it|test|describe)(?:\.\w+)?(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

describe('the rules of the domain', () => {
  const tests = typescriptFiles().filter(({ path }) => path.endsWith('.test.ts'));
  const titlesIn = (folder: string) =>
    tests
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(({ path, text }) => titlesOf(path, text))
      .join('\n')
      .toLowerCase();
  const titles = titlesIn('');

  it('each cross-cutting rule is named by a test', () => {
    const ids = Array.from({ length: RULES }, (_, at) => `R${at + 1}`);
    expect(ids.filter((id) => !isNamed(titles, id))).toEqual([]);
  });

  it('each invariant of a contract is named by a test', () => {
    const ids = Object.entries(INVARIANTS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
    );
    expect(ids.filter((id) => !isNamed(titles, id))).toEqual([]);
  });

  it('each fraud is named by a test of the fraud suite', () => {
    const suite = titlesIn('test/fraud/');
    expect(FRAUDS.filter((name) => !isNamed(suite, name))).toEqual([]);
  });

  it('each article is named by a golden legal test', () => {
    const golden = titlesIn('test/legal/');
    expect(ARTICLES.filter((article) => !isNamed(golden, article))).toEqual([]);
  });
});

/** Titles of a file's tests: those of the consensus rules use the same letters for other things. */
function titlesOf(path: string, text: string): string[] {
  if (path.startsWith('packages/consensus/')) return [];
  return [...text.matchAll(TITLE)].map((match) => match[2] ?? '');
}

/** As a word of its own: `E2` is not in `R-E2`, nor `L1` in `L12`. A range `D1 to D9` names all. */
function isNamed(titles: string, name: string): boolean {
  const literal = name.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = /^\w/.test(name) ? '(?<![\\w-])' : '';
  const after = /[0-9a-z]$/i.test(name) ? '(?![0-9])' : '';
  return new RegExp(`${before}${literal}${after}`).test(titles);
}
