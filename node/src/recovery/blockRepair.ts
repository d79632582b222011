import {
  decodeBlocks,
  encodeCertificate,
  encodeGetBlocks,
  headerBytes,
  type Logger,
} from '@triflow/protocol';
import type { Chain } from '../chain.js';
import { checkUnit } from '../checkUnit.js';
import type { TimerPort, VerifierPort } from '../ports.js';
import { setAt } from './diagnoseChain.js';

const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;
/** More than that is not damage but a lost disk. */
const WAITING_MAX = 10_000;

export interface BlockRepairOptions {
  readonly chain: Chain;
  readonly verifier: VerifierPort;
  readonly timers: TimerPort;
  readonly logger: Logger;
  /** Peers that claim a height. */
  readonly sources: (height: number) => readonly string[];
  readonly distrust: (peerId: string, reason: string) => void;
  readonly request: (peerId: string, bytes: Uint8Array, timeoutMs: number) => Promise<Uint8Array>;
}

/**
 * Fetches damaged blocks and certificates again, one at a time: what a peer gives must hold under
 * the validator set that the own state names for that height. Until then they are not served.
 */
export class BlockRepair {
  readonly #options: BlockRepairOptions;
  readonly #waiting = new Set<number>();
  #running = false;
  #stopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(options: BlockRepairOptions) {
    this.#options = options;
  }

  /** A height's block or certificate is damaged or missing. */
  note(height: number): void {
    if (height < 1 || height > this.#options.chain.head().height) return;
    if (this.#waiting.size < WAITING_MAX) this.#waiting.add(height);
    this.#start();
  }

  /** Heights that are not whole yet. */
  waiting(): number {
    return this.#waiting.size;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
  }

  #start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#cancelRetry();
    this.#run()
      .catch((error: unknown) => {
        this.#options.logger.warn('store.repair_failed', { error: String(error) });
      })
      .finally(() => {
        this.#running = false;
        if (this.#stopped || this.#waiting.size === 0) return;
        this.#cancelRetry = this.#options.timers.set(RETRY_MS, () => this.#start());
      });
  }

  async #run(): Promise<void> {
    for (const height of this.#waiting) {
      if (this.#stopped) return;
      if (await this.#repair(height)) this.#waiting.delete(height);
    }
  }

  async #repair(height: number): Promise<boolean> {
    const { sources, distrust } = this.#options;
    for (const peerId of sources(height)) {
      const problem = await this.#fetch(peerId, height);
      if (problem === undefined) return true;
      if (this.#stopped) return false;
      distrust(peerId, problem);
    }
    return false;
  }

  /** undefined when the block is whole again. */
  async #fetch(peerId: string, height: number): Promise<string | undefined> {
    const { chain, verifier, request, logger } = this.#options;
    const set = await setAt(chain.store, height);
    if (set === undefined) return 'the set of its height is damaged, too';
    const ask = encodeGetBlocks({ from: height, count: 1 });
    const answer = await request(peerId, ask, REQUEST_TIMEOUT_MS).catch((error: unknown) => {
      return String(error);
    });
    if (typeof answer === 'string') return answer;
    const units = decodeBlocks(answer);
    const unit = units.ok ? units.value[0] : undefined;
    if (unit === undefined) return 'empty or undecodable answer';
    const checked = await checkUnit(unit, { height, set, binding: chain.binding, verifier });
    if (typeof checked === 'string') return checked;
    const { valueId: blockId, bytes: block, certificate } = checked;
    await chain.store.restoreBlock({
      height,
      blockId,
      block,
      headerBytes: headerBytes(checked.block.header),
      certificate: encodeCertificate(certificate),
    });
    logger.warn('store.block_restored', { height });
    return undefined;
  }
}
