import { access, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { createConsensusLog, nodeFileSystem } from '@triflow/storage';
import { Command } from 'commander';
import { loadGenesis } from '../config.js';
import { createKeyFile, requirePassword } from './keyFile.js';
import { print } from './output.js';
import { askPassword, firstLine } from './password.js';

interface InitOptions {
  readonly home: string;
  readonly genesis?: string;
  readonly validator?: string;
  readonly portBase: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
}

/** `triflow init`: a home with configuration, encrypted keys and, if given, the genesis. */
export function initCommand(): Command {
  return new Command('init')
    .description('prepare a node’s home: configuration and keys')
    .option('--home <dir>', 'the node’s home', '.')
    .option('--genesis <file>', 'copy this genesis document into the home')
    .option('--validator <id>', 'this node is this validator; without it, an observer')
    .option('--port-base <port>', 'HTTP port; p2p and operations follow', '7400')
    .option('--password-file <file>', 'read the key files’ password from a file')
    .option('--json', 'answer as JSON')
    .action(async (options: InitOptions) => init(options));
}

async function init(options: InitOptions): Promise<void> {
  const home = resolve(options.home);
  const base = Number(options.portBase);
  if (!Number.isInteger(base) || base < 1 || base > 65_533) {
    throw new CodedError('CONFIG_INVALID', `--port-base ${options.portBase} is not a port`);
  }
  const configFile = join(home, 'triflow.toml');
  if (await exists(configFile)) {
    throw new CodedError('CONFIG_INVALID', `${configFile} is there already: nothing was changed`);
  }
  const genesis = options.genesis;
  if (genesis !== undefined) await loadGenesis(genesis);
  const file = options.passwordFile;
  const password = requirePassword(
    file === undefined ? await askPassword() : await firstLine(file),
  );
  await mkdir(join(home, 'keys'), { recursive: true, mode: 0o700 });
  const node = await createKeyFile(join(home, 'keys/node.json'), {
    kind: 'node',
    label: 'node',
    password,
  });
  const consensus =
    options.validator === undefined
      ? undefined
      : await createKeyFile(join(home, 'keys/consensus.json'), {
          kind: 'consensus',
          label: 'consensus',
          password,
        });
  if (genesis !== undefined) await copyFile(genesis, join(home, 'genesis.json'));
  await writeFile(configFile, configText(options, base), { flag: 'wx' });
  // P10: a validator's key without its log would start quarantined.
  await createConsensusLog({
    fs: nodeFileSystem,
    dir: join(home, 'data', 'consensus'),
    height: 1,
    initial: [],
  });
  const facts = {
    home,
    peerId: node.peerId,
    nodeKey: node.publicKey,
    consensusKey: consensus?.publicKey,
  };
  const next =
    genesis === undefined
      ? 'put the genesis into the home, or make one: triflow genesis join --help'
      : 'name your peers under [p2p.peers] in triflow.toml';
  print(options, facts, [
    `home           ${home}`,
    `peer id        ${node.peerId}`,
    ...(consensus === undefined ? [] : [`consensus key  ${consensus.publicKey}`]),
    `Next: ${next}; then triflow start --home ${home}`,
  ]);
}

function configText(options: InitOptions, base: number): string {
  const validator =
    options.validator === undefined ? '' : `validator = ${JSON.stringify(options.validator)}\n`;
  const consensus = options.validator === undefined ? '' : 'consensus = "keys/consensus.json"\n';
  const password =
    options.passwordFile === undefined
      ? ''
      : `passwordFile = ${JSON.stringify(resolve(options.passwordFile))}\n`;
  return `[node]
${validator}genesis = "genesis.json"
data = "data"
storage = "level"
logLevel = "info"

[keys]
${consensus}node = "keys/node.json"
${password}
[http]
host = "127.0.0.1"
port = ${base}

[p2p]
host = "127.0.0.1"
port = ${base + 1}

[p2p.peers]
# validator = "host:port"

[ops]
host = "127.0.0.1"
port = ${base + 2}
`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
