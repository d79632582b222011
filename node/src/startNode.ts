import { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import { createServer, type EpcisOptions, type NodeBackend, type Server } from '@triflow/api';
import { anchorHeads } from '@triflow/contracts/schemas';
import { readRecord } from '@triflow/ledger';
import { CodedError, limits } from '@triflow/protocol';
import type { AnchorChain } from './access/anchorAccessLog.js';
import { createAnchorChain } from './access/anchorChain.js';
import { type NodeAccess, openAccess } from './access/openAccess.js';
import { loadTls } from './access/tls.js';
import { type AdminSocket, openAdminSocket } from './admin/adminSocket.js';
import { openBanList } from './admin/banList.js';
import { createBackend } from './backend.js';
import { isLoopback, loadConfig, loadGenesis, type NodeConfig } from './config.js';
import { createNode, type NodeOptions, type RunningNode } from './createNode.js';
import { explorerFolder } from './explorerFolder.js';
import { loadNodeKeys } from './keys.js';
import { createLogger, type LogLevelControl } from './logger.js';
import { createMetrics, type MetricsOptions } from './metrics/createMetrics.js';
import { createQueryFile } from './queryFile.js';

export interface ServingNode {
  readonly node: RunningNode;
  readonly url: string;
  readonly opsUrl: string;
  /** Reads the TLS files again, for new connections. CONFIG_INVALID; then the old ones stay. */
  renewTls(): Promise<{ readonly validTo: string }>;
  stop(): Promise<void>;
}

export interface ServeOptions extends NodeOptions {
  /** The log of this node alone; without it nobody may change its level. */
  readonly logLevel?: LogLevelControl;
}

/** Starts a node with its HTTP server. Coded errors say what the operator can mend. */
export async function serveNode(options: ServeOptions): Promise<ServingNode> {
  const { config, logger, home } = options;
  const tls = await loadTls(home, config);
  let shown = tls;
  const bans = await openBanList(home);
  const node = await createNode({ isBanned: bans.has, ...options });
  let admin: AdminSocket | undefined;
  let server: Server | undefined;
  let access: NodeAccess | undefined;
  try {
    const backend = createBackend(
      node,
      createMetrics(node, metricsOptions(options, tls && (() => shown?.cert ?? tls.cert))),
    );
    access = await openAccess({
      node,
      config,
      home,
      logger,
      ...anchorPart(options, node, backend),
    });
    const { host, port } = config.http;
    const perMinute = isLoopback(host) ? undefined : limits.httpRequestsPerMinute;
    const requestsPerMinute = config.http.requestsPerMinute ?? perMinute;
    server = createServer({
      backend,
      logger,
      host,
      port,
      ops: config.ops,
      pageFolder: explorerFolder(),
      epcis: epcisOptions(home, config),
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      ...(tls !== undefined && { tls }),
      ...(access !== undefined && { access: access.ports }),
    });
    const { url, opsUrl } = await server.start();
    const api = server;
    const renewTls = async (): Promise<{ readonly validTo: string }> => {
      const files = await loadTls(home, config);
      if (files === undefined) throw new CodedError('CONFIG_INVALID', 'there is no http.tls');
      api.renewTls(files);
      shown = files;
      return { validTo: new X509Certificate(files.cert).validTo };
    };
    if (home !== '') {
      const { logLevel } = options;
      const nowMs = () => Date.now();
      const parts = { node, bans, logLevel, renewTls, nowMs, logger };
      admin = await openAdminSocket(resolve(home), parts);
    }
    const stop = async (): Promise<void> => {
      await admin?.stop();
      await api.stop();
      await access?.stop();
      await node.stop();
    };
    return { node, url, opsUrl, renewTls, stop };
  } catch (error) {
    await server?.stop();
    await access?.stop();
    await node.stop();
    throw error;
  }
}

function anchorPart(
  { keys }: NodeOptions,
  node: RunningNode,
  backend: NodeBackend,
): { readonly anchorChain?: AnchorChain } {
  const { anchorKey: key } = keys;
  if (key === undefined) return {};
  const { peerId } = node.network;
  const anchorHead = (name: string) => readRecord(node.chain.state().reader, anchorHeads, name);
  return { anchorChain: createAnchorChain({ backend, key, node: peerId, anchorHead }) };
}

function metricsOptions(
  { home, config }: NodeOptions,
  certificate: MetricsOptions['certificate'],
): MetricsOptions {
  const isOnDisk = home !== '' && config.node.storage === 'level';
  return {
    ...(isOnDisk && { databaseFolder: join(resolve(home, config.node.data), 'db') }),
    ...(certificate !== undefined && { certificate }),
  };
}

/** A node in memory keeps its queries in memory, too. */
function epcisOptions(home: string, { epcis, node }: NodeConfig): EpcisOptions {
  const { webhookOrigins } = epcis;
  if (home === '' || node.storage === 'memory') return { webhookOrigins };
  return { webhookOrigins, file: createQueryFile(resolve(home, node.data)) };
}

/** Starts the node of a home directory: its configuration, genesis and keys. */
export async function startHome(
  home: string,
  options: {
    readonly password: (config: NodeConfig) => Promise<string>;
    readonly onFatal: (error: unknown) => void;
    readonly fresh: boolean;
    /** Beyond loopback without TLS of its own. */
    readonly insecureHttp?: boolean;
    /** P11: the operator's word that ends a quarantine. */
    readonly endQuarantine?: NonNullable<NodeOptions['endQuarantine']>;
  },
): Promise<ServingNode> {
  const config = await loadConfig(home, { insecureHttp: options.insecureHttp === true });
  const genesis = await loadGenesis(join(home, config.node.genesis));
  const keys = await loadNodeKeys(home, config, genesis, () => options.password(config));
  const logger = createLogger(config.node.logLevel, {
    chain: genesis.chainId,
    node: config.node.validator ?? 'observer',
  });
  const { onFatal, fresh, endQuarantine } = options;
  const shared = { home, config, genesis, keys, logger, logLevel: logger, onFatal, fresh };
  return serveNode({ ...shared, ...(endQuarantine !== undefined && { endQuarantine }) });
}
