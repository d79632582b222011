import { join } from 'node:path';
import type { AccessPorts } from '@triflow/api';
import { CodedError, type Logger, type PartyId } from '@triflow/protocol';
import type { NodeConfig } from '../config.js';
import type { RunningNode } from '../createNode.js';
import { type AnchoredAccessLog, openAccessLog } from './accessLogFile.js';
import { createAccessPorts } from './accessPorts.js';
import { ANCHOR_EVERY_MS, anchorAccessLog, type SubmitAnchor } from './anchorAccessLog.js';
import { TokenFile } from './tokenFile.js';

export interface AccessParts {
  readonly node: RunningNode;
  readonly config: NodeConfig;
  /** Empty where the node has no folder of its own. */
  readonly home: string;
  readonly logger: Logger;
  /** Sends anchors as the node's party; without it they wait. */
  readonly submitAnchor?: SubmitAnchor;
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
  const { node, config, home, logger, submitAnchor } = parts;
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
  const anchor = async (): Promise<void> => {
    if (submitAnchor === undefined) return;
    try {
      const anchored = await anchorAccessLog(log, submitAnchor);
      if (anchored !== undefined) logger.info('access_log.anchored', { ...anchored });
    } catch (error) {
      logger.warn('access_log.anchor_failed', { error: String(error) });
    }
  };
  const timer = setInterval(() => void anchor(), ANCHOR_EVERY_MS);
  timer.unref();
  return {
    ports,
    log,
    stop: async () => {
      clearInterval(timer);
      await log.close();
    },
  };
}
