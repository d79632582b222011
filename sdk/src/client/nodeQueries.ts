import {
  chainRoutes,
  type InfoAnswer,
  infoSchema,
  type QueryAnswerBody,
  queryAnswerSchema,
  queryRoutes,
} from '@triflow/api/routes';
import { parametersTable } from '@triflow/protocol';
import { type CallOptions, underDeadline } from '../deadline.js';
import { keyOf } from '../recordTable.js';
import { callNode } from './callNode.js';
import type { ClientCore } from './clientCore.js';
import { type ReadOptions, readState } from './readState.js';
import { type Verified, verifiedBy } from './verified.js';

export interface ChainHead {
  readonly height: number;
  readonly timeMs: number | undefined;
  readonly valueId: string | undefined;
  readonly verified: Verified | undefined;
}

export interface QueryOptions extends CallOptions {
  readonly at?: number;
}

/** The newest final block that this client can verify. */
export async function chainHead(core: ClientCore, options: ReadOptions = {}): Promise<ChainHead> {
  const { height, verified } = await readState(
    core,
    [keyOf(parametersTable, ['consensus'])],
    options,
  );
  if (verified === undefined) {
    return { height, timeMs: undefined, valueId: undefined, verified: undefined };
  }
  const shown = verifiedBy(verified, 'inclusion', core.environment.nowMs());
  return { height, timeMs: verified.header.timeMs, valueId: verified.valueId, verified: shown };
}

/** What a node says of itself; nothing of it is verified. */
export function nodeInfo(core: ClientCore, options: CallOptions = {}): Promise<InfoAnswer> {
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const call = { route: chainRoutes.getInfo };
    return (await callNode(core, core.chain.expected(), deadline, call, infoSchema)).value;
  });
}

/**
 * A contract's query by its name, `<contract>.<query>`. The answer is the node's own: the state
 * keys in its `proofRef` can be read verified.
 */
export function runQuery(
  core: ClientCore,
  name: string,
  params: Readonly<Record<string, string | number>> = {},
  options: QueryOptions = {},
): Promise<QueryAnswerBody> {
  const { signal, timeoutMs = core.timeoutMs, at } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const call = { route: queryRoutes.runQuery, params: { name }, query: { ...params, at } };
    return (await callNode(core, core.chain.expected(), deadline, call, queryAnswerSchema)).value;
  });
}
