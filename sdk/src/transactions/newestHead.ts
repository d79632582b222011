import { chainRoutes, infoSchema } from '@triflow/api/routes';
import { parametersTable, stateKey } from '@triflow/protocol';
import { callNode } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { readStateWithin } from '../client/readState.js';
import type { Deadline } from '../deadline.js';
import { isTriflowError } from '../errors/triflowError.js';

/** A head learnt this lately is good enough to count a transaction's last height from. */
const HEAD_AGE_MS = 1_000;

/**
 * The newest height to count from. Verified unless the client verifies nothing: a node that named
 * a height far above the head would get bytes that could take effect much later than meant.
 */
export async function newestHead(core: ClientCore, deadline: Deadline): Promise<number> {
  const { head, read } = core.seen;
  const nowMs = core.environment.nowMs();
  if (head !== undefined && nowMs - head.atMs < HEAD_AGE_MS) return Math.max(head.height, read);
  const height =
    core.verify === 'always' ? await provedHead(core, deadline) : await told(core, deadline);
  core.seen.head = { height, atMs: nowMs };
  return height;
}

async function provedHead(core: ClientCore, deadline: Deadline): Promise<number> {
  const key = stateKey(parametersTable, ['consensus']);
  try {
    return (await readStateWithin(core, [key], {}, deadline)).height;
  } catch (error) {
    // Of a chain without a block nothing is signed yet; counting from 0 only ends earlier.
    if (isTriflowError(error, 'BLOCK_NOT_FOUND')) return 0;
    throw error;
  }
}

async function told(core: ClientCore, deadline: Deadline): Promise<number> {
  const call = { route: chainRoutes.getInfo };
  return (await callNode(core, core.chain.expected(), deadline, call, infoSchema)).value.height;
}
