import type { NodeState } from './devnetFile.js';

/** Where a node answers. `p2p` is `host:port`, the others are URLs. */
export interface NodeAddresses {
  readonly http: string;
  readonly p2p: string;
  readonly ops: string;
}

export interface NodeStartOptions {
  readonly endQuarantine?: boolean;
}

/** One node of a devnet. A call that finds its aim reached already does nothing. */
export interface DevnetNode extends NodeAddresses {
  readonly index: number;
  /** Its name, which is the label of its demo keys; a validator's id while it has a seat. */
  readonly nodeId: string;
  readonly role: 'validator' | 'observer';
  readonly home: string | null;
  readonly log: string | null;
  readonly pid: number | null;
  readonly state: NodeState;
  /** Gives it another demo key beside its own, from its next start on. */
  addKey(label: string): Promise<void>;
  /**
   * Starts it over whatever its disk holds; done when it serves. `endQuarantine` is an operator's
   * word for a validator without its log (P11): all others are up.
   */
  start(options?: NodeStartOptions): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it as a crash does: SIGKILL, or the loss of all that was not synced. */
  kill(): Promise<void>;
  /** Stands still, connections open (SIGSTOP). */
  pause(): Promise<void>;
  /** Goes on after a pause. */
  resume(): Promise<void>;
}
