import { readdirSync, readFileSync } from 'node:fs';
import { createRegistry } from '@triflow/ledger';
import {
  commonStatusCodes,
  compareText,
  errorCodes,
  type ParameterBounds,
  type ParameterValue,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { parties } from './party-registry/keys.js';
import { allContracts } from './registry.js';
import { roles } from './roles.js';
import { type ContractName, contractSchemas } from './schemas.js';
import { given } from './testkit.js';

const FIXED_FILES = [
  'README.md',
  'index.ts',
  'schema.ts',
  'keys.ts',
  'lifecycle.ts',
  'commands',
  'internal.ts',
  'queries.ts',
  'events.ts',
  'statusCodes.ts',
  'invariants.ts',
  'invariants.test.ts',
];

describe('the registry of contracts', () => {
  it('gathers without repeated names and without calls in a circle', () => {
    expect(createRegistry(allContracts).contracts.size).toBe(allContracts.length);
  });

  it('has the schema of every command and no other', () => {
    for (const contract of allContracts) {
      const known = contractSchemas[contract.name as ContractName];
      const commands = [...contract.commands.keys()].sort(compareText);
      expect(Object.keys(known.commands).sort(compareText)).toEqual(commands);
      const tables = contract.tables.map((table) => table.name).sort(compareText);
      expect(known.tables.map((table) => table.name).sort(compareText)).toEqual(tables);
      expect(known.statusCodes).toEqual(contract.statusCodes);
    }
  });

  it('finds the table and the index of every chain of origin that a table declares', () => {
    const tables = allContracts.flatMap((contract) => contract.tables);
    const known = tables.flatMap((table) => {
      return Object.keys(table.indexes ?? {}).map((index) => {
        return `${table.contract}/${table.name} ${index}`;
      });
    });
    for (const { visibility } of tables) {
      for (const { table, index } of visibility?.originOf ?? []) {
        expect(known).toContain(`${table} ${index}`);
      }
    }
  });

  it('never lets the role PLATFORM sign a command (domain section 1)', () => {
    for (const { definition } of allContracts) {
      for (const { who } of Object.values(definition.commands)) {
        expect(Array.isArray(who) ? who : []).not.toContain('PLATFORM');
      }
    }
  });

  it('lets neither a PLATFORM nor a suspended party send anything', () => {
    const world = given({
      contracts: allContracts,
      parties: { platform: ['PLATFORM'], late: ['BUYER', 'GOVERNOR', 'LENDER'] },
    });
    const late = world.must(parties, world.id('late'));
    world.plant(parties, [late.id], { ...late, state: 'SUSPENDED' });
    for (const contract of allContracts) {
      for (const name of contract.commands.keys()) {
        const code = (alias: string) => world.submit(alias, contract.name, name, {}).code;
        expect(`${name} ${code('platform')}`).toBe(`${name} signer_lacks_role`);
        expect(`${name} ${code('late')}`).toBe(`${name} party_not_active`);
      }
    }
  });

  it('asks the role before anything else of every command that names one', () => {
    const world = given({
      contracts: allContracts,
      parties: Object.fromEntries(roles.map((role) => [aliasOf(role), [role]])),
    });
    const answers = allContracts.flatMap(({ name: contract, definition }) =>
      Object.entries(definition.commands).flatMap(([name, { who }]) => {
        if (!Array.isArray(who)) return [];
        const code = (alias: string) => world.submit(alias, contract, name, {}).code;
        const first = aliasOf(who[0] ?? '');
        const party = world.must(parties, world.id(first));
        world.plant(parties, [party.id], { ...party, state: 'SUSPENDED' });
        const suspended = code(first);
        world.plant(parties, [party.id], party);
        const lets = roles.filter((role) => code(aliasOf(role)) !== 'signer_lacks_role');
        return [
          { command: `${contract}.${name}`, who: [...who].sort(compareText), lets, suspended },
        ];
      }),
    );
    expect(answers.length).toBeGreaterThan(50);
    for (const { command, who, lets, suspended } of answers) {
      expect(`${command} ${[...lets].sort(compareText)}`).toBe(`${command} ${who}`);
      expect(`${command} ${suspended}`).toBe(`${command} party_not_active`);
    }
  });

  it('bounds every parameter that a vote can set, and keeps its defaults inside (G2)', () => {
    for (const { name, parameters, parameterBounds = {} } of allContracts) {
      for (const [parameter, value] of Object.entries(parameters)) {
        if (typeof value === 'boolean') continue;
        const bounds = parameterBounds[parameter];
        expect([name, parameter, bounds]).not.toContain(undefined);
        expect([name, parameter, isWithin(value, bounds)]).toContain(true);
      }
      expect(Object.keys(parameters)).toEqual(expect.arrayContaining(Object.keys(parameterBounds)));
    }
  });

  it('numbers statuses from 100, each once in its contract', () => {
    for (const { statusCodes } of allContracts) {
      const numbers = Object.values(statusCodes);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.every((number) => number >= 100)).toBe(true);
      for (const code of Object.keys(statusCodes))
        expect(commonStatusCodes).not.toHaveProperty(code);
      // A code has one meaning everywhere: what the node says for itself is no contract's.
      for (const code of Object.keys(statusCodes))
        expect(errorCodes).not.toHaveProperty(code.toUpperCase());
    }
  });

  it.each(allContracts)('$name: the README names each command, status and event', (contract) => {
    const readme = readmeOf(contract.name);
    const generated = ['countersign', 'reject', 'expire_pending'];
    const { events } = contractSchemas[contract.name as ContractName];
    const words = [
      ...[...contract.commands.keys()].filter((name) => !generated.includes(name)),
      ...events.filter((event) => !event.startsWith('pending.')),
      ...contract.tables.map((table) => table.name).filter((name) => !name.startsWith('pending')),
    ];
    expect(words.filter((word) => !readme.includes(word))).toEqual([]);
    const statuses = Object.entries(contract.statusCodes).filter(
      ([code, number]) => !new RegExp(`\\| ${number} +\\| \`?${code}\`? +\\|`).test(readme),
    );
    expect(statuses).toEqual([]);
  });

  it.each(allContracts)('$name: a test names each status', ({ statusCodes }) => {
    const tests = allContracts.map(({ name }) => testsOf(name)).join('\n');
    const missing = Object.keys(statusCodes).filter((code) => !tests.includes(`'${code}'`));
    expect(missing).toEqual([]);
  });

  it.each(allContracts)('$name: the folder has its fixed set of files', ({ name, commands }) => {
    const files = new Set(readdirSync(folderOf(name)));
    for (const file of FIXED_FILES) expect(files).toContain(file);
    expect(commands.size).toBeGreaterThan(0);
  });
});

/** Party ids have no underscore. */
function aliasOf(role: string): string {
  return role.replaceAll('_', '-');
}

function isWithin(value: ParameterValue, bounds: ParameterBounds | undefined): boolean {
  if (bounds === undefined) return false;
  if ('oneOf' in bounds) return bounds.oneOf.includes(String(value));
  if ('pattern' in bounds) return bounds.pattern.test(String(value));
  const numbers = typeof value === 'object' ? value : [Number(value)];
  return numbers.every((one) => one >= bounds.min && one <= bounds.max);
}

function folderOf(contract: string): URL {
  return new URL(`./${contract}/`, import.meta.url);
}

function readmeOf(contract: string): string {
  return readFileSync(new URL('README.md', folderOf(contract)), 'utf8');
}

function testsOf(contract: string): string {
  const folder = folderOf(contract);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
}
