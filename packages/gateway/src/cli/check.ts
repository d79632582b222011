import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../config.js';

/** `triflow-gateway check`: whether the configuration can be used, without starting anything. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check the configuration of a home directory')
    .option('--home <dir>', 'the gateway’s home', '.')
    .action(async ({ home }: { readonly home: string }) => {
      const config = await loadConfig(resolve(home));
      process.stdout.write(`ok: ${config.chain.nodes.length} nodes, ${config.account.keystore}\n`);
    });
}
