import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { killerText, loadMutants, parseMutant } from './mutant.js';
import { applyPatch, parsePatch } from './patch.js';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');

const head = 'bug: b\ncaught by: I1, I2\nkiller: seed 7 profile=crash nodes=4 real\n';
const diff = '--- a/x.ts\n+++ b/x.ts\n@@\n one\n-two\n+three\n';

describe('seeded bugs', () => {
  it('every patch fits the sources exactly', () => {
    const all = loadMutants(folder, ['canary', 'consensus', 'contracts']);
    expect(all.length).toBeGreaterThan(3);
    for (const { file, patches } of all) {
      for (const patch of patches) {
        const text = readFileSync(join(root, patch.path), 'utf8');
        expect(applyPatch(file, patch, text)).not.toBe(text);
      }
    }
  });

  it('no two have the same number', () => {
    const ids = loadMutants(folder).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('every invariant of the business rules and each of R1 to R14 has one', () => {
    const chain = { P: 4, G: 4, Q: 2, R: 14 };
    const trade = { O: 4, D: 9, E: 8, L: 5, F: 7, M: 5, T: 4, N: 3, A: 4, K: 4 };
    const rules = Object.entries({ ...chain, ...trade }).flatMap(([letter, count]) => {
      return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
    });
    const known = new Set(loadMutants(folder, ['contracts']).flatMap(({ caughtBy }) => caughtBy));
    expect(rules.filter((rule) => !known.has(rule))).toEqual([]);
  });

  it('every check of the simulator kills one by a seed', () => {
    const named = loadMutants(folder, ['consensus']).flatMap(({ caughtBy, killer }) => {
      return killer.kind === 'seed' ? caughtBy : [];
    });
    const checks = Array.from({ length: 16 }, (_, index) => `I${index + 1}`);
    expect(checks.filter((check) => !named.includes(check))).toEqual([]);
  });

  it('a mutant is read as it stands', () => {
    const mutant = parseMutant('consensus/07-name.patch', `${head}\n${diff}`);
    expect(mutant).toMatchObject({ id: 'consensus/07', bug: 'b', caughtBy: ['I1', 'I2'] });
    expect(killerText(mutant.killer)).toBe('seed 7 profile=crash nodes=4 real');
    const test = 'test packages/a/src/b.test.ts > block > case';
    const named = parseMutant(
      'consensus/07-name.patch',
      `bug: b\ncaught by: x\nkiller: ${test}\n\n${diff}`,
    );
    expect(killerText(named.killer)).toBe(test);
    const none = parseMutant('consensus/07-name.patch', 'bug: b\ncaught by: I1\nimpossible: why\n');
    expect(none.killer).toEqual({ kind: 'impossible', reason: 'why' });
  });

  it('a bad file is refused', () => {
    const wrong = [
      `bug: b\n\n${diff}`,
      `${head}`,
      `${head}more: x\n\n${diff}`,
      `${head}bug: twice\n\n${diff}`,
      `bug: b\ncaught by: I1\nkiller: luck\n\n${diff}`,
      `bug: b\ncaught by: I1\nkiller: seed x\n\n${diff}`,
      `bug: b\ncaught by: I1\nkiller: seed 1 profile=odd\n\n${diff}`,
      `${head}\nnothing`,
      `${head}\n--- a/x.ts\n+++ b/x.ts\n`,
      `${head}\n--- a/x.ts\n+++ b/x.ts\n@@\nodd`,
    ];
    for (const text of wrong) expect(() => parseMutant('consensus/07-name.patch', text)).toThrow();
  });

  it('a patch is applied where its lines stand once, and nowhere else', () => {
    const [patch] = parsePatch('p', diff);
    if (patch === undefined) throw new Error('a patch');
    expect(applyPatch('p', patch, 'zero\none\ntwo\nfour\n')).toBe('zero\none\nthree\nfour\n');
    expect(() => applyPatch('p', patch, 'one\n two\n')).toThrow('no longer applies');
    expect(() => applyPatch('p', patch, 'one\ntwo\none\ntwo\n')).toThrow('twice');
  });
});
