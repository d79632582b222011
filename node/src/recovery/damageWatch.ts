import type { CodedError, Logger } from '@triflow/protocol';

/** Records that other nodes hold too, by their prefix. */
const FETCHED = ['block', 'header', 'certificate'];
const HEIGHT_KEY = /^[0-9a-f]{2}([0-9a-f]{16})$/;

export interface DamageWatchOptions {
  readonly logger: Logger;
  /** A block or its certificate is fetched again. */
  readonly refetch: (height: number) => void;
  /** Remembers that the database must be rebuilt at the next start. */
  readonly mark: ((what: string) => Promise<void>) | undefined;
  /** The node can go on no longer. */
  readonly fail: (error: unknown) => void;
}

/**
 * Hears of damaged records while a node runs. Whoever asked for one gets an error instead. Blocks
 * and certificates are fetched again; anything else is computed anew at the next start, and until
 * then the node runs on for as long as it needs nothing that is damaged to build, judge or commit.
 */
export class DamageWatch {
  readonly #options: DamageWatchOptions;
  #marking: Promise<void> | undefined;
  #first: string | undefined;

  constructor(options: DamageWatchOptions) {
    this.#options = options;
  }

  /** What is damaged and waits for the next start; undefined when nothing is known. */
  get waiting(): string | undefined {
    return this.#first;
  }

  /** A record could not be read or is not the one that the state tree commits to. */
  noted(error: CodedError): void {
    const { logger, refetch } = this.#options;
    const height = fetchedHeight(error);
    if (height !== undefined) {
      logger.error('store.block_damaged', { height, error: error.message });
      refetch(height);
      return;
    }
    if (this.#first !== undefined) return;
    this.#first = error.message;
    logger.error('store.damaged', {
      error: error.message,
      next: 'triflow start: the next start rebuilds the database from its blocks',
    });
    this.#marking = this.#options.mark?.(error.message).catch(() => undefined);
  }

  /** Damage stands in the way of the next block: nothing may be signed upon it. */
  stops(error: CodedError): void {
    this.noted(error);
    void (this.#marking ?? Promise.resolve()).finally(() => this.#options.fail(error));
  }
}

function fetchedHeight({ details }: CodedError): number | undefined {
  const { prefix, key } = details;
  if (typeof prefix !== 'string' || typeof key !== 'string' || !FETCHED.includes(prefix)) {
    return undefined;
  }
  const digits = HEIGHT_KEY.exec(key)?.[1];
  const height = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  return height >= 1 && Number.isSafeInteger(height) ? height : undefined;
}
