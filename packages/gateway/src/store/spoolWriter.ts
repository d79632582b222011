import { type FileHandle, open } from 'node:fs/promises';
import { CodedError } from '@triflow/protocol';
import { segmentPath } from './spoolSegments.js';
import { syncFolder } from './syncFolder.js';

interface Waiting {
  readonly framed: Uint8Array;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Appends to the last segment of a spool; appends that come together share one sync. */
export class SpoolWriter {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #sizes: Map<number, number>;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #segment: number;
  #file: FileHandle | undefined;
  #flushing: Promise<void> | undefined;
  /** A write failed half-way: its bytes have to go before anything follows them. */
  #isTorn = false;

  /** `sizes` is kept up to date with what is durable. */
  constructor(folder: string, sizes: Map<number, number>, segmentBytes: number) {
    this.#folder = folder;
    this.#sizes = sizes;
    this.#segmentBytes = segmentBytes;
    this.#segment = Math.max(...sizes.keys());
  }

  /** Bytes that are handed in and not durable yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Durable when it resolves. Throws `STORE_FULL` when the disk does not take it. */
  append(framed: Uint8Array): Promise<void> {
    this.#waitingBytes += framed.length;
    return new Promise<void>((done, failed) => {
      this.#waiting.push({ framed, done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what was handed in. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#file?.close();
  }

  /** Ends in the same turn in which it finds nothing: whoever appends later starts it anew. */
  async #flush(): Promise<void> {
    // Whoever appends within this turn shares the sync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const some = this.#waiting;
      this.#waiting = [];
      const bytes = some.reduce((sum, { framed }) => sum + framed.length, 0);
      try {
        await this.#write(some.map(({ framed }) => framed));
        this.#sizes.set(this.#segment, this.#size + bytes);
        for (const { done } of some) done();
      } catch (error) {
        const full = new CodedError('STORE_FULL', `${this.#folder}: cannot write`, {
          cause: error,
        });
        for (const { failed } of some) failed(full);
      }
      this.#waitingBytes -= bytes;
    }
    this.#flushing = undefined;
  }

  async #write(framed: readonly Uint8Array[]): Promise<void> {
    const file = await this.#openFile();
    if (this.#isTorn) await file.truncate(this.#size);
    this.#isTorn = true;
    await file.writev(framed);
    await file.datasync();
    this.#isTorn = false;
  }

  /** The segment that is written to: the next one once this one is full. */
  async #openFile(): Promise<FileHandle> {
    const isFull = this.#size >= this.#segmentBytes && !this.#isTorn;
    if (this.#file !== undefined && !isFull) return this.#file;
    const segment = isFull ? this.#segment + 1 : this.#segment;
    const next = await open(segmentPath(this.#folder, segment), 'a');
    await syncFolder(this.#folder);
    await this.#file?.close();
    this.#file = next;
    this.#segment = segment;
    this.#sizes.set(segment, this.#size);
    return next;
  }

  get #size(): number {
    return this.#sizes.get(this.#segment) ?? 0;
  }
}
