import type { Input } from '@triflow/consensus';

export interface InputQueueOptions {
  /** Takes one input to its end. */
  readonly take: (input: Input) => Promise<void>;
  /** An input could not be taken; nothing is taken after it. */
  readonly onFailed: (error: unknown) => void;
}

/** Inputs one at a time, each to its end, in the order in which they came. */
export class InputQueue {
  readonly #options: InputQueueOptions;
  readonly #inputs: Input[] = [];
  #isBusy = false;
  #isStopped = false;
  #idle: (() => void)[] = [];

  constructor(options: InputQueueOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The last in the queue; lost when it has stopped. */
  push(input: Input): void {
    if (this.#isStopped) return;
    this.#inputs.push(input);
    if (!this.#isBusy) void this.#drain();
  }

  /** Before all others: what the present work has brought forth. */
  pushFirst(inputs: readonly Input[]): void {
    if (!this.#isStopped) this.#inputs.unshift(...inputs);
  }

  /** Drops what is waiting, but for some. */
  keepOnly(isKept: (input: Input) => boolean): void {
    this.#inputs.splice(0, this.#inputs.length, ...this.#inputs.filter(isKept));
  }

  /**
   * Does some work before any input, then takes what has come of it and come in meanwhile. Throws
   * what the work or an input throws; the queue has stopped then.
   */
  async begin(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await work();
      await this.#takeAll();
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.#rest();
    }
  }

  /** Takes no more after the input that is being taken. */
  stop(): void {
    this.#isStopped = true;
    this.#inputs.length = 0;
  }

  /** Waits until nothing is being taken. */
  async settled(): Promise<void> {
    if (!this.#isBusy) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    try {
      await this.#takeAll();
    } catch (error) {
      this.stop();
      this.#options.onFailed(error);
    }
    this.#rest();
  }

  async #takeAll(): Promise<void> {
    for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
      await this.#options.take(input);
    }
  }

  #rest(): void {
    this.#isBusy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
    if (this.#inputs.length > 0) void this.#drain();
  }
}
