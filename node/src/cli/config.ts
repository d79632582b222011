import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { configSchema, loadConfig } from '../config.js';
import { jsonText, type OutputOptions, print } from './output.js';
import { type Flags, findSettings } from './settings.js';

interface ShowOptions extends Flags, OutputOptions {
  readonly origin?: boolean;
}

interface CheckOptions extends OutputOptions {
  readonly home: string;
}

/** `triflow config show | check | schema`. */
export function configCommand(): Command {
  const config = new Command('config').description('settings of the command line and of a node');
  config
    .command('show')
    .description('each setting of the command line')
    .option('--origin', 'and where it came from')
    .option('--profile <name>', 'a profile of triflow.toml')
    .option('--json', 'answer as JSON')
    .action(show);
  config
    .command('check')
    .description('whether a node’s triflow.toml would be taken; nothing is started')
    .option('--home <dir>', 'the node’s home', '.')
    .option('--json', 'answer as JSON')
    .action(check);
  config
    .command('schema')
    .description('what triflow.toml may say, as JSON Schema')
    .option('--json', 'it is JSON in any case')
    .action(() => {
      process.stdout.write(`${jsonText(configJsonSchema(), 2)}\n`);
    });
  return config;
}

/** The JSON Schema (2020-12) of `triflow.toml`; a party's id has a rule of its own. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
}

function show(options: ShowOptions): void {
  const settings = findSettings(options);
  const lines = Object.entries(settings).map(([name, { value, origin }]) => {
    return `${name}  ${value ?? '-'}${options.origin === true ? `  (${origin})` : ''}`;
  });
  print(options, settings, lines);
}

async function check(options: CheckOptions): Promise<void> {
  const home = resolve(options.home);
  const { node, http, p2p, ops } = await loadConfig(home);
  const role = node.validator === undefined ? 'observer' : `validator ${node.validator}`;
  const facts = { home, valid: true, role, http, p2p, ops };
  const ports = `HTTP ${http.host}:${http.port}, p2p ${p2p.host}:${p2p.port}, operations ${ops.port}`;
  print(options, facts, [`${home}/triflow.toml is well formed: ${role}, ${ports}`]);
}
