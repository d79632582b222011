import type { Genesis } from '@triflow/protocol';
import type { NodeConfig } from '../config.js';

/** What the doctor knows of a home when it looks at one side of it. */
export interface Place {
  readonly home: string;
  readonly config: NodeConfig;
  /** Undefined when it is missing or wrong, which is a finding of its own. */
  readonly genesis: Genesis | undefined;
  /** Absolute path of the data folder. */
  readonly data: string;
  /** The process that holds the data folder, if one lives. */
  readonly runningPid: number | undefined;
  readonly password: string | undefined;
  readonly nowMs: number;
}
