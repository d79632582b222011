import { readFileSync } from 'node:fs';
import { createRegistry } from '@triflow/ledger';
import { commonStatusCodes, compareText } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { allContracts } from './registry.js';
import { type ContractName, contractSchemas } from './schemas.js';

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

  it('never lets the role PLATFORM sign a command (domain section 1)', () => {
    for (const { definition } of allContracts) {
      for (const { who } of Object.values(definition.commands)) {
        expect(Array.isArray(who) ? who : []).not.toContain('PLATFORM');
      }
    }
  });

  it('numbers statuses from 100, each once in its contract', () => {
    for (const { statusCodes } of allContracts) {
      const numbers = Object.values(statusCodes);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.every((number) => number >= 100)).toBe(true);
      for (const code of Object.keys(statusCodes))
        expect(commonStatusCodes).not.toHaveProperty(code);
    }
  });

  it.each(allContracts)('$name: the README names each command, status and event', (contract) => {
    const readme = readmeOf(contract.name);
    for (const [code, number] of Object.entries(contract.statusCodes)) {
      expect(readme).toMatch(new RegExp(`\\| ${number} +\\| \`?${code}\`? +\\|`));
    }
    const generated = ['countersign', 'reject', 'expire_pending'];
    for (const name of contract.commands.keys()) {
      if (!generated.includes(name)) expect(readme).toContain(name);
    }
    for (const event of contractSchemas[contract.name as ContractName].events) {
      if (!event.startsWith('pending.')) expect(readme).toContain(event);
    }
    for (const table of contract.tables) {
      if (!table.name.startsWith('pending'))
        expect(readme).toContain(`${contract.name}/${table.name}`);
    }
  });
});

function readmeOf(contract: string): string {
  return readFileSync(new URL(`./${contract}/README.md`, import.meta.url), 'utf8');
}
