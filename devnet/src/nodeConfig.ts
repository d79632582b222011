import type { NodePorts } from './ports.js';
import { HOST } from './ports.js';

export interface NodeConfigOptions {
  /** Validator id, which is also the label of its demo keys. */
  readonly nodeId: string;
  /** Label of a second consensus key. */
  readonly nextKey?: string;
  readonly ports: NodePorts;
  /** Addresses to dial, by validator id. */
  readonly peers: ReadonlyMap<string, string>;
  readonly storage: 'level' | 'memory';
  readonly logLevel: string;
  /** How far the network's clock was moved. */
  readonly clockAheadMs: number;
}

/** The text of a demo validator's `triflow.toml`. */
export function nodeConfigText(options: NodeConfigOptions): string {
  const { nodeId, nextKey, ports, peers, storage, logLevel, clockAheadMs } = options;
  const next = nextKey === undefined ? '' : `\nnext = ${quoted(nextKey)}`;
  const dialled = [...peers].map(([id, address]) => `${quoted(id)} = ${quoted(address)}`);
  return `# Written at each start of the devnet.
[node]
validator = ${quoted(nodeId)}
genesis = "../../genesis.json"
storage = ${quoted(storage)}
logLevel = ${quoted(logLevel)}
clockAheadMs = ${clockAheadMs}

[demoKeys]
label = ${quoted(nodeId)}${next}

[http]
host = ${quoted(HOST)}
port = ${ports.http}

[p2p]
host = ${quoted(HOST)}
port = ${ports.p2p}

[p2p.peers]
${dialled.join('\n')}

[ops]
host = ${quoted(HOST)}
port = ${ports.ops}

[consensus]
rebroadcastMs = 300
syncGraceMs = 300
`;
}

/** JSON text without characters to escape is a TOML basic string. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
