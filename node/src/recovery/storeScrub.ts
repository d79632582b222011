import { blockHash } from '@triflow/crypto';
import type { ContractRegistry } from '@triflow/ledger';
import {
  CodedError,
  decodeBlock,
  decodeCommitCertificate,
  equalBytes,
  headerBytes,
  isCodedError,
  type Logger,
} from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';
import type { TimerPort } from '../ports.js';
import { IndexScrub } from './indexScrub.js';

/** Slow enough to be in nobody's way: a million blocks take a day. */
const EVERY_MS = 1_000;
const HEIGHTS_EACH = 16;

export interface StoreScrubOptions {
  readonly store: LedgerStore;
  readonly registry: ContractRegistry;
  readonly timers: TimerPort;
  readonly logger: Logger;
  /** A block, header or certificate that is missing or not the one of its height. */
  readonly onDamage: (height: number) => void;
  /** Something that is computed from the blocks is missing. */
  readonly onMissing: (error: CodedError) => void;
}

/**
 * Reads chain and indexes once after each start, a little every second, so that damage is found
 * while the peers still hold what is lost here. Of records that fail their checksum the store's
 * guard hears.
 */
export class StoreScrub {
  readonly #options: StoreScrubOptions;
  readonly #indexes: IndexScrub;
  #next = 1;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: StoreScrubOptions) {
    this.#options = options;
    this.#indexes = new IndexScrub(options.store, options.registry);
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.timers.set(EVERY_MS, () => void this.#turn());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #turn(): Promise<void> {
    const { store, logger } = this.#options;
    const last = store.head()?.height ?? 0;
    try {
      await this.#blocks(Math.min(last, this.#next + HEIGHTS_EACH - 1));
      await this.#index();
    } catch (error) {
      // What is damaged was told to the guard, and is rebuilt at the next start.
      if (!this.#stopped) logger.warn('store.scrub_ended', { error: String(error) });
      return;
    }
    if (this.#next <= last || !this.#indexes.isDone) this.start();
    else logger.debug('store.scrubbed', { height: last });
  }

  async #blocks(last: number): Promise<void> {
    const { store, onDamage, onMissing } = this.#options;
    for (; this.#next <= last && !this.#stopped; this.#next += 1) {
      const height = this.#next;
      if (!(await isWhole(store, height))) onDamage(height);
      if (!(await hasResults(store, height))) onMissing(missing(`the results of block ${height}`));
    }
  }

  async #index(): Promise<void> {
    if (this.#stopped) return;
    const wrong = await this.#indexes.turn();
    if (wrong !== undefined && !this.#stopped) this.#options.onMissing(missing(wrong));
  }
}

async function hasResults(store: LedgerStore, height: number): Promise<boolean> {
  return orTold(async () => (await store.getResults(height)) !== undefined);
}

function missing(what: string): CodedError {
  return new CodedError('STORE_CORRUPT', `the database is not whole: ${what}`);
}

/** Of what fails its checksum the guard has heard already. */
async function orTold(isInOrder: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isInOrder();
  } catch (error) {
    if (isCodedError(error, 'STORE_CORRUPT')) return true;
    throw error;
  }
}

function isWhole(store: LedgerStore, height: number): Promise<boolean> {
  return orTold(async () => {
    const [bytes, header, encoded] = await Promise.all([
      store.getBlock(height),
      store.getHeader(height),
      store.getCertificate(height),
    ]);
    if (bytes === undefined || header === undefined || encoded === undefined) return false;
    const block = decodeBlock(bytes);
    const certificate = decodeCommitCertificate(encoded);
    if (!block.ok || !certificate.ok) return false;
    const isOwn = block.value.header.height === height;
    const isCertified = certificate.value.valueId === blockHash(block.value.header);
    return isOwn && isCertified && equalBytes(header, headerBytes(block.value.header));
  });
}
