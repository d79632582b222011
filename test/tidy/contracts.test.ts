import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allContracts } from '@triflow/contracts';
import { commonStatusCodes } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { foldersIn, root, typescriptFiles } from './sources.js';

const base = 'packages/contracts/src';
const FILES = [
  'README.md',
  'index.ts',
  'schema.ts',
  'keys.ts',
  'lifecycle.ts',
  'internal.ts',
  'queries.ts',
  'events.ts',
  'statusCodes.ts',
  'invariants.ts',
  'invariants.test.ts',
];

describe('contract folders', () => {
  const tests = typescriptFiles().filter(({ path }) => path.endsWith('.test.ts'));
  const folders = foldersIn(base).filter((name) => existsSync(join(root, base, name, 'README.md')));

  it('each contract of the program has its folder', () => {
    expect(folders.sort()).toEqual(allContracts.map(({ name }) => name).sort());
    expect(folders.length).toBeGreaterThanOrEqual(8);
  });

  it.each(allContracts.map(({ name }) => name))('%s has the fixed file set', (name) => {
    const present = readdirSync(join(root, base, name));
    expect(FILES.filter((file) => !present.includes(file))).toEqual([]);
    expect(readdirSync(join(root, base, name, 'commands')).length).toBeGreaterThan(0);
  });

  it.each(allContracts)(
    '$name: every status has a number of its own and a sentence',
    (contract) => {
      const readme = readFileSync(join(root, base, contract.name, 'README.md'), 'utf8');
      const numbers = Object.values(contract.statusCodes);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const [code, number] of Object.entries(contract.statusCodes)) {
        expect(number, code).toBeGreaterThanOrEqual(100);
        expect(readme, `${code} in the README`).toContain(code);
        expect(Object.hasOwn(commonStatusCodes, code), `${code} is a common code`).toBe(false);
      }
    },
  );

  it.each(allContracts)(
    '$name: each of its statuses is reached by a test that names it',
    ({ name, statusCodes }) => {
      const own = tests.filter(
        ({ path, text }) => path.startsWith(`${base}/${name}/`) || text.includes(`'${name}'`),
      );
      const named = (code: string) => own.some(({ text }) => text.includes(`'${code}'`));
      expect(Object.keys(statusCodes).filter((code) => !named(code))).toEqual([]);
    },
  );

  it('PLATFORM stands in no command table', () => {
    const wrong: string[] = [];
    for (const contract of allContracts) {
      for (const [verb, { who }] of Object.entries(contract.definition.commands)) {
        const roles: readonly string[] = Array.isArray(who) ? who : [];
        if (roles.includes('PLATFORM')) wrong.push(`${contract.name}.${verb}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
