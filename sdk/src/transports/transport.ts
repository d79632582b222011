import type { Hash } from '@triflow/protocol';
import type { Deadline } from '../deadline.js';
import type { Environment } from '../environment.js';

/** One request to whichever node answers; `path` begins with `/v1/`. */
export interface NodeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the node itself is asked to wait before it answers. */
  readonly waitMs?: number;
  /** An answer of a node below this height counts as one of a node that is catching up. */
  readonly minHeight?: number;
  /** Whether the answer depends on who reads: then the client's login goes with it. */
  readonly asReader?: boolean;
}

export interface NodeAnswer {
  /** The node's URL. */
  readonly node: string;
  readonly status: number;
  readonly body: Uint8Array;
  readonly location: string | undefined;
  readonly requestId: string | undefined;
  /** The head that the node claims; not verified. */
  readonly headHeight: number | undefined;
}

export interface NodeStream {
  readonly node: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Which chain every node must belong to; what is not known yet is not compared. */
export interface ExpectedChain {
  readonly chainId?: string | undefined;
  readonly genesisHash?: Hash | undefined;
}

/** Reads as a party: gives the bearer token for a node, logging in where needed. */
export interface Login {
  readonly tokenFor: (
    node: string,
    send: (request: NodeRequest) => Promise<NodeAnswer>,
  ) => Promise<string | undefined>;
  /** A token that the node no longer takes. */
  readonly forget: (node: string, token: string) => void;
}

export interface RequestContext {
  readonly login?: Login | undefined;
  readonly environment: Environment;
  readonly deadline: Deadline;
  readonly chain: ExpectedChain;
  /** Called when a request broke off and may have arrived all the same. */
  readonly onLost?: () => void;
}

/**
 * Carries requests to nodes: one pass over them, the first answer counts. A problem document is
 * thrown as its error; a node of another chain is `CHAIN_MISMATCH` at once.
 */
export interface Transport {
  readonly request: (request: NodeRequest, context: RequestContext) => Promise<NodeAnswer>;
  /** Opens an endless answer, such as an event stream. */
  readonly stream: (request: NodeRequest, context: RequestContext) => Promise<NodeStream>;
}

/** A transport whose requests carry a login, where the answer depends on who reads. */
export function readingAs(transport: Transport, login: Login | undefined): Transport {
  if (login === undefined) return transport;
  return {
    request: (request, context) => transport.request(request, { ...context, login }),
    stream: (request, context) => transport.stream(request, { ...context, login }),
  };
}
