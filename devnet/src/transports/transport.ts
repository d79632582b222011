import type { DevnetNode } from '../devnetNode.js';

/** How the nodes of a devnet are run and joined: as processes, or within one. */
export interface Transport {
  readonly nodes: readonly DevnetNode[];
  /** The split in force, by node indexes; empty when there is none. */
  splits(): readonly (readonly number[])[];
  partition(groups: readonly (readonly number[])[]): void;
  slow(index: number, latencyMs: number): void;
  heal(): void;
  /** Sets how far the nodes' clocks are ahead of the machine's; they may be started anew for it. */
  setClock(aheadMs: number): Promise<void>;
  /** Stops all nodes and whatever joins them. */
  stop(): Promise<void>;
}
