import { allContracts } from '@triflow/contracts';
import { isJsonObject } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fakeContracts } from '../testing/fakeContracts.js';
import { commandParams, jsonSchemaOf } from './contractDefinition.js';

/** Made by the countersigning rule, so without a schema of their own. */
const RULE_COMMANDS = new Set(['countersign', 'reject', 'expire_pending']);

describe('what contracts say of their parameters', () => {
  it('is there for every command of every contract but those that the rule makes', () => {
    for (const contract of allContracts) {
      for (const name of contract.commands.keys()) {
        const params = commandParams(contract, name);
        expect([contract.name, name, params === undefined]).toEqual([
          contract.name,
          name,
          RULE_COMMANDS.has(name),
        ]);
      }
    }
  });

  it('becomes JSON Schema, queries too', () => {
    for (const contract of allContracts) {
      const schemas = [
        ...[...contract.commands.keys()].map((name) => commandParams(contract, name)),
        ...[...contract.queries.values()].map(({ params }) => params),
      ];
      for (const schema of schemas) {
        if (schema === undefined) continue;
        const text = JSON.stringify(jsonSchemaOf(schema));
        expect(isJsonObject(JSON.parse(text))).toBe(true);
      }
    }
  });

  it('is not looked for in names that every object has', () => {
    for (const contract of fakeContracts) {
      for (const name of ['constructor', '__proto__', 'toString']) {
        expect(commandParams(contract, name)).toBeUndefined();
      }
    }
  });

  it('shows big integers as decimal text and times as RFC 3339', () => {
    const schema = z.strictObject({ amount: z.bigint(), at: z.number().meta({ kind: 'time' }) });
    expect(jsonSchemaOf(schema)).toMatchObject({
      properties: {
        amount: { type: 'string', pattern: expect.stringContaining('[0-9]') },
        at: { type: 'string', format: 'date-time' },
      },
    });
  });
});
