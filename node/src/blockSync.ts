import {
  type Clock,
  decodeBlocks,
  encodeGetBlocks,
  faultsMax,
  type Logger,
  limits,
  type SyncBlock,
} from '@triflow/protocol';
import { checkUnit } from './checkUnit.js';
import type { ConsensusDriver } from './consensusDriver.js';
import type { ChainPort, PeerPort, VerifierPort } from './ports.js';

const REQUEST_TIMEOUT_MS = 5_000;
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 60_000;

export interface BlockSyncOptions {
  readonly driver: ConsensusDriver;
  readonly chain: ChainPort;
  readonly peers: PeerPort;
  readonly verifier: VerifierPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly request: (peerId: string, bytes: Uint8Array, timeoutMs: number) => Promise<Uint8Array>;
}

interface Source {
  head: number;
  notBefore: number;
  backoffMs: number;
}

/**
 * Catch-up (R-Y1 to R-Y5): fetches blocks with their certificates from several peers in turn and
 * hands them to the driver one by one; the driver's decision is what commits them. Never signs.
 */
export class BlockSync {
  readonly #options: BlockSyncOptions;
  readonly #sources = new Map<string, Source>();
  #running = false;
  #stopped = false;
  #turn = 0;
  #waiting: { height: number; resolve: () => void } | null = null;

  constructor(options: BlockSyncOptions) {
    this.#options = options;
  }

  /** A peer says where it stands; a head that falls is not believed again soon (R-Y4). */
  noteHead(peerId: string, head: number): void {
    const source = this.#sources.get(peerId);
    if (source === undefined) {
      this.#sources.set(peerId, { head, notBefore: 0, backoffMs: BACKOFF_MIN_MS });
      return;
    }
    if (head < source.head) this.distrust(peerId, 'its head fell');
    source.head = head;
  }

  forget(peerId: string): void {
    this.#sources.delete(peerId);
  }

  /** Starts fetching unless it is under way. */
  start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#run()
      .catch((error: unknown) => {
        this.#options.logger.warn('sync.failed', { error: String(error) });
      })
      .finally(() => {
        this.#running = false;
      });
  }

  /** Tells the waiting fetch that a height was committed. */
  committed(height: number): void {
    if (this.#waiting !== null && height >= this.#waiting.height) {
      this.#waiting.resolve();
      this.#waiting = null;
    }
  }

  /** Peers that claim a height and are not being left alone, for those who ask one by one. */
  sourcesOf(height: number): string[] {
    const now = this.#options.clock.nowMs();
    const able = [...this.#sources].filter(([, source]) => {
      return source.head >= height && source.notBefore <= now;
    });
    return able.map(([peerId]) => peerId);
  }

  isRunning(): boolean {
    return this.#running;
  }

  /**
   * The highest head that f + 1 validators report, so that liars alone name none; any peer's while
   * fewer have spoken.
   */
  highestHead(): number {
    const { chain } = this.#options;
    const set = chain.validatorSet(chain.head().height + 1);
    const told = set.flatMap(({ peerId }) => this.#sources.get(peerId)?.head ?? []);
    const believed = told.sort((a, b) => b - a)[faultsMax(set.length)];
    return believed ?? Math.max(0, ...[...this.#sources.values()].map(({ head }) => head));
  }

  /** Whether a node's head is old by what peers say, or may be while none has said anything. */
  isBehind(self: string | null): boolean {
    const { chain } = this.#options;
    const { height } = chain.head();
    if (this.#sources.size > 0) return this.highestHead() > height + limits.headLagMax;
    return chain.validatorSet(height + 1).some(({ id }) => id !== self);
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  async #run(): Promise<void> {
    const { chain, logger } = this.#options;
    const from = chain.head().height;
    while (!this.#stopped) {
      const peerId = this.#choose(chain.head().height + 1);
      if (peerId === undefined) break;
      await this.#fetchFrom(peerId);
    }
    const height = chain.head().height;
    if (height > from) logger.info('sync.done', { from, height });
  }

  /** The next peer in turn that claims the height and is not being left alone. */
  #choose(height: number): string | undefined {
    const able = this.sourcesOf(height);
    this.#turn += 1;
    return able[this.#turn % Math.max(1, able.length)];
  }

  async #fetchFrom(peerId: string): Promise<void> {
    const { chain, request } = this.#options;
    const from = chain.head().height + 1;
    const ask = encodeGetBlocks({ from, count: limits.syncBlocksMax });
    let answer: Uint8Array;
    try {
      answer = await request(peerId, ask, REQUEST_TIMEOUT_MS);
    } catch (error) {
      this.distrust(peerId, String(error));
      return;
    }
    const units = decodeBlocks(answer);
    if (!units.ok || units.value.length === 0) {
      this.distrust(peerId, 'empty or undecodable answer');
      return;
    }
    void this.#verifyAhead(units.value.slice(1));
    for (const [offset, unit] of units.value.entries()) {
      if (this.#stopped) return;
      const height = from + offset;
      if (chain.head().height >= height) continue;
      const problem = await this.#offer(unit, height);
      if (problem === undefined) continue;
      this.distrust(peerId, problem);
      return;
    }
    this.#trust(peerId);
  }

  /** Keeps the signature worker busy while earlier blocks execute. */
  async #verifyAhead(units: readonly SyncBlock[]): Promise<void> {
    const { chain, logger } = this.#options;
    try {
      for (const { block } of units) await chain.verifyAhead(block);
    } catch (error) {
      logger.debug('sync.not_verified_ahead', { error: String(error) });
    }
  }

  /** R-Y2: certificate under set(h), body as named, V1 to V8 by execution, then the driver. */
  async #offer(unit: SyncBlock, height: number): Promise<string | undefined> {
    const { chain, driver } = this.#options;
    const { verifier } = this.#options;
    const set = chain.validatorSet(height);
    const checked = await checkUnit(unit, { height, set, binding: chain.binding, verifier });
    if (typeof checked === 'string') return checked;
    const { valueId, bytes, certificate } = checked;
    const judged = await chain.judge(valueId, bytes);
    if (judged === null) return chain.head().height >= height ? undefined : 'not judged';
    if (judged.verdict === 'invalid') return `invalid block with a certificate: ${judged.reason}`;
    if (!(await driver.reached(height)) || chain.head().height >= height) return undefined;
    const done = this.#committedSignal(height);
    driver.offerSynced(valueId, bytes, certificate);
    await done;
    return undefined;
  }

  #committedSignal(height: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { height, resolve };
    });
  }

  /** An answer was wrong or did not come: that peer is left alone for a growing time (R-Y4). */
  distrust(peerId: string, reason: string): void {
    const source = this.#sources.get(peerId);
    if (source === undefined) return;
    source.notBefore = this.#options.clock.nowMs() + source.backoffMs;
    source.backoffMs = Math.min(source.backoffMs * 2, BACKOFF_MAX_MS);
    this.#options.logger.warn('sync.source_dropped', { peerId, reason });
  }

  #trust(peerId: string): void {
    const source = this.#sources.get(peerId);
    if (source !== undefined) source.backoffMs = BACKOFF_MIN_MS;
  }
}
