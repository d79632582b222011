import type { Command } from 'commander';
import { verb } from './connect.js';
import { print } from './output.js';
import { commandSchema, parametersOf, readJson } from './parameters.js';
import { type WriteOptions, write } from './writing.js';

/** `triflow call CONTRACT COMMAND`: any command of any contract, parameters as JSON. */
export function callCommand(): Command {
  return verb('call', 'sign any command of any contract')
    .argument('<contract>')
    .argument('<command>')
    .option('--params <json>', 'the parameters as JSON, or @file')
    .option('--valid-for-blocks <n>', 'how many blocks it may wait')
    .option('--describe', 'say which parameters it takes, and send nothing')
    .action(call);
}

async function call(
  contract: string,
  name: string,
  options: WriteOptions & { readonly describe?: boolean },
): Promise<void> {
  const schema = commandSchema(contract, name);
  if (options.describe === true) {
    const parameters = parametersOf(schema);
    print(options, { contract, name, parameters }, [
      ...parameters.map(({ name: member, form, optional }) => {
        return `${member}  ${form}${optional ? '  (may be left out)' : ''}`;
      }),
    ]);
    return;
  }
  await write({ contract, name, params: await readJson(options.params ?? '{}') }, options);
}
