import { join } from 'node:path';
import type { AccessPorts } from '@triflow/api';
import { CodedError, type Logger, type PartyId } from '@triflow/protocol';
import type { NodeConfig } from '../config.js';
import type { RunningNode } from '../createNode.js';
import { type AnchoredAccessLog, openAccessLog } from './accessLogFile.js';
import { createAccessPorts } from './accessPorts.js';
import { ANCHOR_EVERY_MS, type AnchorChain, anchorAccessLog } from './anchorAccessLog.js';
import { TokenFile } from './tokenFile.js';

export interface AccessParts {
  readonly node: RunningNode;
  readonly config: NodeConfig;
  /** Empty where the node has no folder of its own. */
  readonly home: string;
  readonly logger: Logger;
  /** Sends anchors as the node's party; without it they wait. */
  readonly anchorChain?: AnchorChain;
}

/** The readers' side of a node: its ports, its log, the hourly anchor. */
export interface NodeAccess {
  readonly ports: AccessPorts;
  readonly log: AnchoredAccessLog;
  stop(): Promise<void>;
}

/**
 * Opens what tells readers apart. Undefined where a devnet reads openly; outside a devnet that is
 * CONFIG_INVALID.
 */
export async function openAccess(parts: AccessParts): Promise<NodeAccess | undefined> {
  const { node, config, home, logger, anchorChain } = parts;
  if (config.access.reads === 'open') {
    if (node.genesis.devnet) return undefined;
    throw new CodedError('CONFIG_INVALID', 'access.reads may be open on a devnet only');
  }
  const onDisk = home !== '' && config.node.storage === 'level';
  const log = await openAccessLog(onDisk ? join(home, config.node.data) : undefined);
  const ports = createAccessPorts({
    node,
    log,
    tokens: home === '' ? undefined : new TokenFile(home),
    certificates: new Map<string, PartyId>(Object.entries(config.access.certificates)),
    nowMs: () => Date.now(),
  });
  const anchoring = startAnchoring(log, anchorChain, logger);
  return {
    ports,
    log,
    stop: async () => {
      await anchoring.stop();
      await log.close();
    },
  };
}

/** What was left over from the last run goes at once, the rest by the hour. */
function startAnchoring(
  log: AnchoredAccessLog,
  chain: AnchorChain | undefined,
  logger: Logger,
): { stop(): Promise<void> } {
  if (chain === undefined) return { stop: () => Promise.resolve() };
  const stopped = new AbortController();
  const once = async (): Promise<void> => {
    try {
      const taken = await anchorAccessLog(log, chain, stopped.signal);
      for (const anchor of taken) logger.info('access_log.anchored', { ...anchor });
    } catch (error) {
      logger.warn('access_log.anchor_failed', { error: String(error) });
    }
  };
  let running = once();
  const timer = setInterval(() => {
    running = running.then(once);
  }, ANCHOR_EVERY_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      stopped.abort();
      await running;
    },
  };
}
