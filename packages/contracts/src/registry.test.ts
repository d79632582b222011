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
import { z } from 'zod';
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

const ANY = { unrepresentable: 'any' } as const;
const SIGNATURES = /\.(countersign|reject|expire_pending)$/;

/**
 * They make a new object, only add (quotes, readings, events, votes, proofs, counts), are open to
 * anyone, or work once by what they name: a token, a stocktake, an order, a filing.
 */
const WITHOUT_VERSION: Readonly<Record<string, string>> = {
  'party-registry':
    'register_party add_key record_licence flag_licence_expiry declare_affiliation grant_view ' +
    'revoke_view',
  'purchase-order': 'issue_order ship register_invoice match',
  payment: 'submit_proof flag_late_payment',
  'price-feed': 'create_feed submit_quote',
  receivable:
    'set_credit_line issue record_registration abandon notify_debtor acknowledge_notice mature ' +
    'complete_recourse redeem flag_late_confirm freeze unfreeze record_knowledge',
  trace:
    'record_event link_event_to_lot register_location release_location refuse open_lot ' +
    'commission transform direct_supply recall file_report agree_supply freeze unfreeze',
  'warehouse-receipt':
    'create_lot gate_in issue gate_out expire_token state_fee request_inspection request_sample ' +
    'answer_request flag_request report_damage open_stocktake count reconcile sign_stocktake ' +
    'freeze unfreeze',
  lien: 'create record_publicity report_external assert_retention',
  'pledge-facility':
    'apply attest_control revalue record_costs repay cure_cash add_item cure_goods state_claim ' +
    'distribute',
  monitoring: 'submit_batch anchor_batch check_silence apply_profile escalate',
  governance: 'propose vote expire_proposal activate anchor_access_log',
  livestock: 'open_pen register mortgage record_count set_curve freeze unfreeze',
  'custody-items':
    'open_vault enrol register mark_overdue open_stocktake count reconcile sign ' +
    'settle_difference freeze unfreeze',
};

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

  it('R7: what changes terms, state or holder carries expectedVersion; these need none', () => {
    const without = allContracts.flatMap(({ name }) =>
      Object.entries(contractSchemas[name as ContractName].commands).flatMap(([verb, schema]) =>
        JSON.stringify(z.toJSONSchema(schema, ANY)).includes('"expectedVersion"')
          ? []
          : [`${name}.${verb}`],
      ),
    );
    const signatures = without.filter((command) => SIGNATURES.test(command));
    const listed = Object.entries(WITHOUT_VERSION).flatMap(([name, verbs]) =>
      verbs.split(' ').map((verb) => `${name}.${verb}`),
    );
    const rest = without.filter((command) => !signatures.includes(command));
    expect(rest.sort(compareText)).toEqual(listed.sort(compareText));
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
