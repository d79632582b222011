import type { Contract } from '@triflow/protocol';
import { z } from 'zod';

/** The part of `defineContract`'s result that says what a command's parameters look like. */
interface Described {
  readonly definition: {
    readonly commands: Readonly<Record<string, { readonly params?: unknown }>>;
  };
}

/** The schema of a command's parameters; undefined where the contract does not describe them. */
export function commandParams(contract: Contract, name: string): z.ZodType | undefined {
  if (!isDescribed(contract)) return undefined;
  const { commands } = contract.definition;
  const params = Object.hasOwn(commands, name) ? commands[name]?.params : undefined;
  return params instanceof z.ZodType ? params : undefined;
}

/** JSON Schema of parameters as a caller writes them in JSON: big integers are decimal text. */
export function jsonSchemaOf(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = zodSchema._zod.def;
      const { kind } = (jsonSchema as { kind?: unknown }) ?? {};
      if (type === 'bigint') Object.assign(jsonSchema, DECIMAL);
      if (kind === 'time') Object.assign(cleared(jsonSchema), TIME);
      if (kind === 'day') Object.assign(cleared(jsonSchema), DAY);
    },
  });
  return rest;
}

const DECIMAL = { type: 'string', pattern: '^(0|-?[1-9][0-9]{0,18})$' };
const TIME = { type: 'string', format: 'date-time' };
const DAY = { type: 'string', format: 'date' };

function cleared(schema: object): object {
  for (const name of Object.keys(schema)) Reflect.deleteProperty(schema, name);
  return schema;
}

function isDescribed(contract: Contract): contract is Contract & Described {
  return 'definition' in contract && typeof contract.definition === 'object';
}
