import { demoSeed } from '@triflow/crypto';
import { DEMO_KEY_ID, demoParty } from '@triflow/devnet';
import { parseConfig, startGateway } from '@triflow/gateway';
import { defined } from '@triflow/protocol';
import { accountFromSeed } from '@triflow/sdk';

/**
 * The carrier's gateway as a process of its own: `gatewayProgram.js HOME TOML`. Its address is the
 * line that it prints; it ends with the channel to its parent.
 */
const silent = { debug: noop, info: noop, warn: noop, error: noop };

await main();

async function main(): Promise<void> {
  const [home = '', toml = ''] = process.argv.slice(2);
  const account = accountFromSeed({
    party: defined(demoParty('carrier'), 'carrier').id,
    keyId: DEMO_KEY_ID,
    seed: demoSeed('carrier'),
  });
  const config = parseConfig(toml, 'gateway.toml');
  const gateway = await startGateway({ home, config, account, logger: silent });
  process.once('disconnect', () => {
    void gateway.stop().then(() => process.exit(0));
  });
  process.stdout.write(`${gateway.url}\n`);
}

function noop(): void {}
