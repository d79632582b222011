import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeProgram } from '@triflow/devnet';
import { CodedError, defined } from '@triflow/protocol';
import { NodeClient } from './nodeClient.js';

const START_MS = 60_000;
const STOP_MS = 20_000;

export interface BenchNodeOptions {
  readonly id: string;
  readonly home: string;
  readonly url: string;
  readonly opsUrl: string;
  /** Arguments for Node.js before the program, such as those of the profiler. */
  readonly nodeArgs: readonly string[];
}

/** One validator as a process of its own; it ends with this one. */
export class BenchNode {
  readonly id: string;
  readonly home: string;
  readonly url: string;
  readonly client: NodeClient;
  readonly #options: BenchNodeOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: BenchNodeOptions) {
    this.#options = options;
    this.id = options.id;
    this.home = options.home;
    this.url = options.url;
    this.client = new NodeClient(options.url, options.opsUrl);
  }

  get pid(): number {
    return defined(this.#child?.pid, 'bench node: it runs');
  }

  /** Starts it; done when it serves. Throws INTERNAL when it does not, naming its log. */
  async start(): Promise<void> {
    await mkdir(this.home, { recursive: true });
    const path = join(this.home, 'node.log');
    const log = await open(path, 'a');
    const { nodeArgs } = this.#options;
    const args = [...nodeArgs, nodeProgram(), 'start', '--home', this.home, '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', log.fd, 'ipc'] });
    await log.close();
    this.#child = child;
    this.#ended = new Promise((done) => {
      child.once('exit', () => done());
      child.once('error', () => done());
    });
    await untilListening(child, `${this.id} did not start: ${path}`);
  }

  async stop(): Promise<void> {
    this.client.close();
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(late);
  }
}

function untilListening(child: ChildProcess, sentence: string): Promise<void> {
  const output = defined(child.stdout ?? undefined, 'bench node: its output');
  return new Promise((done, reject) => {
    const fail = (): void => reject(new CodedError('INTERNAL', sentence));
    const late = setTimeout(fail, START_MS);
    child.once('exit', fail);
    createInterface({ input: output }).on('line', (line) => {
      if (!line.includes('"listening"')) return;
      clearTimeout(late);
      child.off('exit', fail);
      done();
    });
  });
}
