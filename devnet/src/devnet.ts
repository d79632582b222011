import type { ConsensusParameters, Genesis, Hash } from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import type { Simulated, Simulation } from './devices/field.js';
import type { DevnetDescription } from './devnetFile.js';
import type { DevnetNode } from './devnetNode.js';
import type { Probe } from './probe.js';

export interface DevnetOptions {
  /** Validators, 1 to 64; default 4. A kept state has its own number. */
  readonly nodes?: number;
  /** Observers beside them, which a vote may make validators; default none. */
  readonly observers?: number;
  /** Nodes, by index, that are not started with the others. */
  readonly late?: readonly number[];
  /** `process` (default): operating-system processes; `inproc`: all in this one. */
  readonly transport?: 'process' | 'inproc';
  /** Where the state is kept; without it in a temporary directory that `stop` deletes. */
  readonly dir?: string;
  /** `kept` on disk (default), or `memory`: always so under `inproc`. */
  readonly storage?: 'kept' | 'memory';
  /** First port, ten a node; 0 (default) takes free ones anywhere. */
  readonly portBase?: number;
  /** Default `triflow-dev-` and four random hexadecimal digits. */
  readonly chainId?: string;
  /** Shared parameters of a new chain, over those of a laptop. */
  readonly parameters?: Partial<ConsensusParameters>;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Nodes dial each other without the owner between: no splits, no delays, for measurements. */
  readonly direct?: boolean;
  /** Arguments of the runtime for each node's process, such as a module that is loaded first. */
  readonly execArgv?: readonly string[];
  /** Told of each step as it is done. */
  readonly onStep?: (step: DevnetStep) => void;
  /** Told of a node that ended by itself. */
  readonly onFailure?: (node: DevnetNode) => void;
}

/** The steps to a network that is ready; times since the start, in milliseconds. */
export type DevnetStep =
  | {
      readonly step: 'genesis';
      readonly ms: number;
      /** False for a kept state. */
      readonly isNew: boolean;
      readonly chainId: string;
      readonly nodes: number;
      readonly dir: string;
    }
  | { readonly step: 'nodes'; readonly ms: number }
  | { readonly step: 'ready'; readonly ms: number; readonly probe: Probe };

/** A network on this machine. When you get it, a quorum has committed a transaction. */
export interface Devnet extends AsyncDisposable {
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly portBase: number;
  /** Directory of its files. */
  readonly dir: string;
  /** Path of `devnet.json`. */
  readonly devnetFile: string;
  readonly nodes: readonly DevnetNode[];
  /** HTTP addresses of all nodes. */
  readonly urls: readonly string[];
  /** What `devnet.json` says now. */
  describe(): DevnetDescription;
  /** A client of all nodes that signs as a demo party and verifies every read. */
  client(alias: string): Client;
  /** Commits one transaction that changes nothing, as a sign of life. */
  probe(options?: { readonly timeoutMs?: number }): Promise<Probe>;
  /** Waits until every running node is at a height, or so many above the highest one. */
  waitForHeight(target: HeightTarget): Promise<number>;
  /** Splits the network by node indexes; nodes named in no group stay together. */
  partition(groups: readonly (readonly number[])[]): Promise<void>;
  /** Delays every message from and to a node. */
  slow(index: number, options: { readonly latencyMs: number }): Promise<void>;
  /** Ends splits and delays. */
  heal(): Promise<void>;
  /**
   * Moves the clock of all nodes forward, so that days pass; it never goes back. Processes are
   * started anew for it.
   */
  advanceClock(ms: number): Promise<void>;
  /** HTTP address of the gateway that signs for a demo party; started when first asked for. */
  gateway(alias: string): Promise<string>;
  /**
   * A simulated device sends to a party's gateway over the devnet's broker, from the number after
   * its last unless `firstSeq` says otherwise; with `asset` it is put on that first.
   */
  simulate(simulation: Simulation): Promise<Simulated>;
  /** The split in force; empty when there is none. */
  splits(): readonly (readonly number[])[];
  /** Says in `devnet.json` which scenario is played here. */
  noteScenario(name: string): Promise<void>;
  /** Settles when everything has stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
  /** Stops everything; the state stays unless it is temporary. */
  stop(): Promise<void>;
}

export type HeightTarget = ({ readonly height: number } | { readonly plus: number }) & {
  readonly timeoutMs?: number;
};
