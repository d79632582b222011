import type { AccessPorts } from '@triflow/api';
import { parties } from '@triflow/contracts/schemas';
import { verifySignature } from '@triflow/crypto';
import { readRecord } from '@triflow/ledger';
import { type PartyId, partyKeyTable } from '@triflow/protocol';
import type { RunningNode } from '../createNode.js';
import type { AnchoredAccessLog } from './accessLogFile.js';
import type { TokenFile } from './tokenFile.js';

export interface AccessOptions {
  readonly node: RunningNode;
  readonly log: AnchoredAccessLog;
  /** Undefined where a node has no home on disk: then there are no operator's tokens. */
  readonly tokens: TokenFile | undefined;
  /** Parties by SHA-256 of their client certificates. */
  readonly certificates: ReadonlyMap<string, PartyId>;
  readonly nowMs: () => number;
}

/** How this node tells readers apart. */
export function createAccessPorts(options: AccessOptions): AccessPorts {
  const { node, log, tokens, certificates, nowMs } = options;
  return {
    verifyLogin: async ({ party, keyId, message, signature }) => {
      const { reader, head } = node.chain.state();
      if (readRecord(reader, parties, party)?.state !== 'ACTIVE') return false;
      const key = readRecord(reader, partyKeyTable, party, keyId);
      const height = head.height + 1;
      if (key === undefined || key.fromHeight > height) return false;
      if (key.toHeight !== undefined && key.toHeight <= height) return false;
      const { suite, publicKey } = key;
      return verifySignature(suite, publicKey, message, signature);
    },
    findToken: async (sha256) => tokens?.find(sha256, nowMs()),
    partyOfCertificate: (sha256) => certificates.get(sha256),
    log,
    nowMs,
  };
}
