import type { Logger } from '@triflow/protocol';
import type { Client, ReadTokens } from '@triflow/sdk';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from './config.js';
import type { SubmitQueue } from './submitQueue.js';

/** What every part of a gateway works with. */
export interface GatewayContext {
  readonly config: GatewayConfig;
  /** The gateway's home directory, absolute. */
  readonly home: string;
  /** Where a part keeps what must survive a restart, in a folder of its own. */
  readonly data: string;
  /** The party that signs. */
  readonly party: string;
  readonly client: Client;
  /** With which the party reads at a node. */
  readonly tokens: ReadTokens;
  readonly queue: SubmitQueue;
  readonly logger: Logger;
  /** The time that devices' clocks are held against. */
  readonly now: () => number;
}

/** One source of transactions: EPCIS captures, device readings. */
export interface GatewayPart {
  readonly name: string;
  /** Adds its routes before the server listens. */
  routes?(app: FastifyInstance): void;
  /** Takes up what was left by the last run. */
  start(): Promise<void>;
  /** Ends; what is not done yet is kept for the next run. */
  stop(): Promise<void>;
}
