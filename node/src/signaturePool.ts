import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { acceptsAll, type SignatureCheck } from '@triflow/crypto';
import { CodedError } from '@triflow/protocol';
import type { VerifierPort } from './ports.js';
import { packChecks } from './signaturePacking.js';

interface Job {
  readonly count: number;
  readonly resolve: (verdicts: boolean[]) => void;
  readonly reject: (error: unknown) => void;
}

/** So few are verified on the loop before they are handed to a thread and back. */
const HERE_MAX = 4;
const HERE_BYTES_MAX = 16 * 1_024;

/**
 * Signature checks in a worker thread, off the event loop. What is asked for in one turn of the
 * loop travels in one message; a few while the thread rests are looked at here, by native code
 * alone, and go to the thread when it does not accept them.
 */
export class SignaturePool implements VerifierPort {
  #worker: Worker | undefined;
  readonly #jobs = new Map<number, Job[]>();
  #gathered: { checks: readonly SignatureCheck[]; job: Job }[] = [];
  #next = 0;
  /** Why nothing can be verified any more. */
  #failed: unknown;

  /** The verdict on each signature, in order. */
  verify(checks: readonly SignatureCheck[]): Promise<boolean[]> {
    if (checks.length === 0) return Promise.resolve([]);
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      const job = { count: checks.length, resolve, reject };
      this.#gathered.push({ checks, job });
      if (this.#gathered.length === 1) setImmediate(() => this.#post());
    });
  }

  /** Whether there was work for the thread yet. */
  hasThread(): boolean {
    return this.#worker !== undefined;
  }

  async stop(): Promise<void> {
    this.#failAll(new CodedError('ABORTED', 'the node is stopping'));
    await this.#worker?.terminate();
  }

  #post(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    if (gathered.length === 0) return;
    const checks = gathered.flatMap((one) => [...one.checks]);
    const jobs = gathered.map(({ job }) => job);
    if (this.#jobs.size === 0 && isSmall(checks) && acceptsAll(checks)) {
      for (const { count, resolve } of jobs) resolve(new Array<boolean>(count).fill(true));
      return;
    }
    this.#next += 1;
    const id = this.#next;
    this.#jobs.set(id, jobs);
    const packed = packChecks(checks);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, packed }, [packed.buffer as ArrayBuffer]);
  }

  /** When there is work for it: a node with little to verify never has the thread. */
  #start(): Worker {
    // Not the parent's flags: the worker always runs what was built.
    const worker = new Worker(workerFile(), { execArgv: [] });
    worker.unref();
    worker.on('message', (answer: { id: number; verdicts: Uint8Array }) => {
      this.#answer(answer.id, answer.verdicts);
    });
    worker.on('error', (error) => this.#failAll(error));
    worker.on('exit', () => this.#failAll(new CodedError('ABORTED', 'no signature worker')));
    return worker;
  }

  #answer(id: number, verdicts: Uint8Array): void {
    let offset = 0;
    for (const { count, resolve } of this.#jobs.get(id) ?? []) {
      resolve(Array.from(verdicts.subarray(offset, offset + count), (verdict) => verdict === 1));
      offset += count;
    }
    this.#jobs.delete(id);
  }

  #failAll(error: unknown): void {
    this.#failed ??= error;
    for (const jobs of this.#jobs.values()) for (const job of jobs) job.reject(error);
    for (const { job } of this.#gathered) job.reject(error);
    this.#jobs.clear();
    this.#gathered = [];
  }
}

function isSmall(checks: readonly SignatureCheck[]): boolean {
  if (checks.length > HERE_MAX) return false;
  return checks.reduce((bytes, { message }) => bytes + message.length, 0) <= HERE_BYTES_MAX;
}

/** The worker is a built file; from source it is found in the package's build. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./signatureWorker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL('../dist/signatureWorker.js', import.meta.url));
}
