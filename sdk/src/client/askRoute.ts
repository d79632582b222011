import type { z } from 'zod';
import { type CallOptions, underDeadline } from '../deadline.js';
import { callNode, type NodeCall } from './callNode.js';
import type { ClientCore } from './clientCore.js';

/**
 * Any route of the API, with the client's failover, login and retries. What it answers is the
 * node's own word: read what matters by the verified reads.
 */
export function askRoute<T>(
  core: ClientCore,
  call: NodeCall,
  schema: z.ZodType<T>,
  options: CallOptions = {},
): Promise<T> {
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    return (await callNode(core, core.chain.expected(), deadline, call, schema)).value;
  });
}
